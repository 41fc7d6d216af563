({
  // Functions that read what a person can see in a page. Those that wait go on until they have an answer.

  // words are what an element shows, or what a screen reader calls it.
  words(element) {
    const text = `${element.getAttribute("aria-label") ?? ""} ${element.innerText ?? ""} ${element.placeholder ?? ""}`;
    return text.replace(/\s+/g, " ").trim();
  },

  visible(selector) {
    return [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
  },

  with(selector, words) {
    return this.visible(selector).filter((e) => this.words(e).includes(words));
  },

  shown(selector) {
    return this.visible(selector).map((e) => this.words(e)).join("\n");
  },

  hasFocus(selector, words) {
    return this.with(selector, words).includes(document.activeElement);
  },

  middle(element) {
    const box = element.getBoundingClientRect();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  },

  isOnTop(element) {
    const { x, y } = this.middle(element);
    return element.contains(document.elementFromPoint(x, y));
  },

  until(look) {
    return new Promise((found) => {
      const again = () => {
        const answer = look();
        if (answer) found(answer);
        else setTimeout(again, 25);
      };
      again();
    });
  },

  sees(selector, words) {
    return this.until(() => this.with(selector, words).length > 0);
  },

  // inView waits until such an element is neither scrolled away nor covered.
  inView(selector, words) {
    return this.until(() => this.with(selector, words).some((e) => this.isOnTop(e)));
  },

  lacks(selector, words) {
    return this.until(() => this.with(selector, words).length === 0);
  },

  focused(selector, words) {
    return this.until(() => this.hasFocus(selector, words));
  },

  // point finds the last element with these words, waits until it stands still with nothing above it, and returns its
  // middle.
  point(selector, words) {
    let before;
    return this.until(() => {
      const element = this.with(selector, words).at(-1);
      if (!element) return null;
      element.scrollIntoView({ block: "nearest", inline: "nearest" });
      const box = element.getBoundingClientRect();
      const stands = before && before.x === box.x && before.y === box.y && before.width === box.width;
      before = box;
      return stands && this.isOnTop(element) ? this.middle(element) : null;
    });
  },
})
