// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT
//
// What the scripts may count on beyond the standard library's types.

/** What a selector finds: the template has put the right element there, so it has what any of these has. */
interface Found extends HTMLElement {
  action: string;
  alt: string;
  checked: boolean;
  colSpan: number;
  content: DocumentFragment;
  disabled: boolean;
  download: string;
  files: FileList;
  elements: HTMLFormControlsCollection;
  hash: string;
  href: string;
  name: string;
  open: boolean;
  popoverTargetAction: string;
  popoverTargetElement: Element | null;
  search: string;
  src: string;
  type: string;
  value: string;
  addEventListener(type: string, listener: (event: any) => unknown, options?: boolean | AddEventListenerOptions): void;
  close(): void;
  closest(selectors: string): Found;
  querySelector(selectors: string): Found;
  querySelectorAll(selectors: string): NodeListOf<Found>;
  select(): void;
  showModal(): void;
}

interface ParentNode {
  querySelector(selectors: string): Found;
  querySelectorAll(selectors: string): NodeListOf<Found>;
}

interface Document {
  getElementById(id: string): Found;
}

interface Element {
  closest(selectors: string): Found;
  /** What is no text becomes one. */
  setAttribute(name: string, value: string | number | boolean): void;
}

interface CSSStyleDeclaration {
  setProperty(property: string, value: string | number): void;
}

interface DocumentFragment {
  cloneNode(isDeep: boolean): DocumentFragment;
}

/** What is clicked or typed into is an element. */
interface EventTarget {
  ariaLabel: string;
  closest(selectors: string): Found;
  matches: any;
}

/** Handlers know what they listen for. */
interface Event {
  readonly altKey: boolean;
  readonly button: number;
  readonly ctrlKey: boolean;
  readonly data: any;
  readonly detail: any;
  readonly key: string;
  readonly metaKey: boolean;
  readonly persisted: boolean;
  readonly shiftKey: boolean;
  readonly submitter: HTMLElement;
}
