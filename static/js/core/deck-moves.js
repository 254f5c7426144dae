// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Where a presentation goes next, as plain data. A view is {slide, query, step, from}: `step` is
// null while the whole path is shown, `from` the slide that a walk was begun on.

import { targets } from "./steps.js";

/** The slide that a line is on. */
export function slideOf(slides, line) {
  return slides.find(({ start, end }) => start <= line && line <= end)?.id ?? slides[0].id;
}

/** The view at a step of the path. */
export function atStep(view, step, steps, slides) {
  const from = view.step ? view.from : view.slide;
  return { ...view, step, from, slide: slideOf(slides, steps[step - 1].line) };
}

/**
 * The view of another path from where it comes to the slide, if something is decided there: the
 * class has not seen yet what it may be asked. Elsewhere the whole path.
 */
export function begun(view, slides, steps) {
  const { start, end } = slides.find(({ id }) => id === view.slide);
  const own = steps.filter(({ line }) => start <= line && line <= end);
  const step = own.some(({ verdict }) => verdict) ? own[0].n - 1 : 0;
  return step ? { ...view, step, from: view.slide } : { ...view, step: null, from: null };
}

/** The view without a step, on the slide where the walk began. */
export function leave(view) {
  return { ...view, step: null, slide: view.from ?? view.slide, from: null };
}

/**
 * The view after a move, or null where it leads nowhere. While a path is walked, forward and back
 * are steps, and past its end the walk is over; else they are slides.
 */
export function moved(view, move, slides, steps) {
  const at = slides.findIndex(({ id }) => id === view.slide);
  const to = (index) => (slides[index] ? { ...view, step: null, from: null, slide: slides[index].id } : null);
  const step = (n) => (n ? atStep(view, n, steps, slides) : null);
  const ways = targets(steps, view.step ?? 0);
  const isWalking = Boolean(view.step);
  switch (move) {
    case "forward": return isWalking ? (step(ways.forward) ?? leave(view)) : to(at + 1);
    case "back": return isWalking ? (step(ways.back) ?? leave(view)) : to(at - 1);
    case "first": return isWalking ? step(ways.first) : at === 0 ? null : to(0);
    case "last": return isWalking ? step(ways.last) : at === slides.length - 1 ? null : to(slides.length - 1);
    case "next-slide": return to(at + 1);
    case "previous-slide": return to(at - 1);
    case "decision": return step(ways.decision);
    case "whole": return isWalking ? { ...view, step: null, from: null } : null;
    case "walk": return isWalking ? leave(view) : step(firstOn(slides[at], steps));
  }
  return null;
}

/** The first step on a slide, or of the path where it does not come by. */
function firstOn(slide, steps) {
  return steps.find(({ line }) => slide.start <= line && line <= slide.end)?.n ?? 1;
}
