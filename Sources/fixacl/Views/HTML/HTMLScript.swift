/// The page's script: it copies, searches the keys of all transitions, and shows them in folders.
///
/// It reads keys from the page, where they are text and nothing else, and writes them as text, so no key is ever near a
/// script or near markup. Keys beyond the first few of a transition are one text each, with a line for a key: a hundred
/// thousand of them are no elements until somebody looks at them.
enum HTMLScript {
  /// `#q=TEXT` in the address searches at once, and follows what is typed: a search can be linked to.
  static let content: StaticString = """

    "use strict";
    (() => {
      const atOnce = 200;
      const number = (count) => count.toLocaleString("en-US");
      const fold = (text) => text.normalize().toLowerCase();

      function size(count) {
        if (count < 1024) return count + " B";
        let unit = -1;
        while (count >= 1024 && unit < 5) {
          count /= 1024;
          unit += 1;
        }
        return (Math.round(count * 10) / 10).toFixed(1) + " " + ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"][unit];
      }

      function make(name, style, ...content) {
        const element = document.createElement(name);
        if (style) element.className = style;
        element.append(...content);
        return element;
      }

      document.documentElement.classList.add("js");

      // Copying.

      function copySelected(text) {
        const area = make("textarea", "unseen");
        area.value = text;
        document.body.append(area);
        area.select();
        const isDone = document.execCommand("copy");
        area.remove();
        return isDone;
      }

      document.addEventListener("click", async (event) => {
        const button = event.target.closest("button.copier");
        if (!button) return;
        const source = button.previousElementSibling;
        const text = source.title || source.textContent;
        let isDone = true;
        try {
          await navigator.clipboard.writeText(text);
        } catch {
          isDone = copySelected(text);
        }
        if (!isDone) return;
        const label = button.getAttribute("aria-label");
        button.classList.add("done");
        button.setAttribute("aria-label", "Copied");
        setTimeout(() => {
          button.classList.remove("done");
          button.setAttribute("aria-label", label);
        }, 1500);
      });

      // Keys.

      const groups = [...document.querySelectorAll(".transition")].map((element) => ({
        element,
        first: element.querySelector(".keys"),
        more: element.querySelector("details.more"),
        found: element.querySelector(".found"),
      }));

      // Reads a transition's keys from the page, once: names in the order of the plan, and the sum of all sizes
      // before each.
      function load(group) {
        if (group.names) return;
        group.names = [];
        group.sums = [0];
        const add = (name, bytes) => {
          group.names.push(name);
          group.sums.push(group.sums[group.sums.length - 1] + bytes);
        };
        if (!group.first) return;
        for (const item of group.first.children) {
          add(item.firstElementChild.textContent, Number(item.lastElementChild.value));
        }
        const rest = group.more && group.more.lastElementChild.textContent;
        for (let start = 0, end; rest && (end = rest.indexOf("\\n", start)) >= 0; start = end + 1) {
          const tab = rest.lastIndexOf("\\t", end);
          add(rest.slice(start, tab), Number(rest.slice(tab + 1, end)));
        }
      }

      const sizeOf = (group, index) => group.sums[index + 1] - group.sums[index];

      function row(group, index, name) {
        const item = make("div", "row", name, make("small", "", size(sizeOf(group, index))));
        item.firstChild.title = group.names[index];
        return item;
      }

      // Adds what an iterator gives to an element, some at once and more by a button.
      function fill(element, rows, next = rows.next()) {
        for (let count = 0; count < atOnce && !next.done; count += 1, next = rows.next()) element.append(next.value);
        if (next.done) return;
        const button = make("button", "further", "Show more");
        button.type = "button";
        button.addEventListener("click", () => {
          button.remove();
          fill(element, rows, next);
        });
        element.append(button);
      }

      // The folders and keys from one index to another, which all begin with the same characters.
      function* branch(group, low, high, start) {
        const names = group.names;
        for (let index = low; index < high; ) {
          let slash = names[index].indexOf("/", start);
          if (slash < 0) {
            yield row(group, index, make("span", "", names[index].slice(start)));
            index += 1;
            continue;
          }
          let prefix = names[index].slice(0, slash + 1);
          let end = index + 1;
          while (end < high && names[end].startsWith(prefix)) end += 1;
          // A folder of nothing but a folder is shown with it.
          for (;;) {
            const inner = names[index].indexOf("/", slash + 1);
            if (inner < 0 || !names[end - 1].startsWith(names[index].slice(0, inner + 1))) break;
            slash = inner;
          }
          prefix = names[index].slice(0, slash + 1);
          yield folder(group, index, end, prefix, start);
          index = end;
        }
      }

      function folder(group, low, high, prefix, start) {
        const count = high - low;
        const about = number(count) + (count === 1 ? " key, " : " keys, ") + size(group.sums[high] - group.sums[low]);
        const element = make(
          "details", "folder",
          make("summary", "", make("span", "", prefix.slice(start)), make("small", "", about)));
        element.addEventListener("toggle", () => {
          if (!element.open || element.childElementCount > 1) return;
          const content = make("div", "inside");
          fill(content, branch(group, low, high, prefix.length));
          element.append(content);
        });
        return element;
      }

      for (const group of groups) {
        if (!group.more) continue;
        const shown = Number(group.more.dataset.shown);
        group.more.querySelector("summary").textContent = "All " + number(shown) + " by folder";
        const show = () => {
          group.first.hidden = group.more.open;
          if (!group.more.open || group.more.querySelector(".tree")) return;
          load(group);
          const tree = make("div", "tree");
          fill(tree, branch(group, 0, group.names.length, 0));
          group.more.querySelector("pre").hidden = true;
          group.more.append(tree);
        };
        group.more.addEventListener("toggle", show);
        // Browsers remember what was open.
        if (group.more.open) show();
      }

      // Searching.

      const form = document.getElementById("search");
      if (!form) return;
      const query = document.getElementById("query");
      const matches = document.getElementById("matches");
      let keyCount = 0;

      // One text of all keys is searched much faster than each key.
      function prepare() {
        if (keyCount > 0) return;
        for (const group of groups) {
          load(group);
          group.text = fold(group.names.join("\\n"));
          group.starts = [0];
          for (let at = -1; (at = group.text.indexOf("\\n", at + 1)) >= 0; ) group.starts.push(at + 1);
          keyCount += group.names.length;
        }
      }

      function find(group, wanted) {
        const found = [];
        const { text, starts } = group;
        if (group.names.length === 0) return found;
        for (let at = text.indexOf(wanted), line = 0; at >= 0; ) {
          while (line + 1 < starts.length && starts[line + 1] <= at) line += 1;
          found.push(line);
          if (line + 1 === starts.length) break;
          at = text.indexOf(wanted, starts[line + 1]);
        }
        return found;
      }

      function* results(group, found, wanted) {
        for (const index of found) {
          const name = group.names[index];
          const folded = fold(name);
          const at = folded.indexOf(wanted);
          const content = make("span", "");
          // Where folding changes the length, nobody can tell which letters they were.
          if (folded.length === name.length && at >= 0) {
            content.append(name.slice(0, at), make("mark", "", name.slice(at, at + wanted.length)),
              name.slice(at + wanted.length));
          } else {
            content.append(name);
          }
          yield row(group, index, content);
        }
      }

      function show(group, found, wanted) {
        const list = make("div", "results");
        fill(list, results(group, found, wanted));
        group.results = list;
        group.found.parentElement.after(list);
      }

      // Shows what was found in the first transitions, as far as there is room; more by a button.
      const further = make("button", "further");
      further.type = "button";

      function search(rows = atOnce) {
        const wanted = fold(query.value);
        const isSearching = wanted !== "";
        if (isSearching) prepare();
        let total = 0;
        let room = rows;
        let others = 0;
        for (const group of groups) {
          const found = isSearching ? find(group, wanted) : [];
          total += found.length;
          if (found.length > 0 && room <= 0) others += 1;
          const isHidden = isSearching && (found.length === 0 || room <= 0);
          if (group.element.hidden !== isHidden) group.element.hidden = isHidden;
          if (group.results) group.results.remove();
          group.results = null;
          const words = isSearching && !isHidden ? number(found.length) + " found" : "";
          if (group.found.textContent !== words) group.found.textContent = words;
          if (found.length === 0 || isHidden) continue;
          show(group, found, wanted);
          room -= Math.min(found.length, atOnce);
        }
        document.body.classList.toggle("searching", isSearching);
        matches.textContent = !isSearching ? "" :
          number(total) + " of the " + number(keyCount) + " keys in this page " + (total === 1 ? "has" : "have") + " it";
        if (others > 0) groups[groups.length - 1].element.after(further);
        else further.remove();
        further.textContent = "Show " + number(others) + (others === 1 ? " more kind" : " more kinds") + " of changes";
        further.onclick = () => search(rows + 5 * atOnce);
      }

      function follow() {
        if (!location.hash.startsWith("#q=")) return;
        try {
          query.value = decodeURIComponent(location.hash.slice(3));
        } catch {
          query.value = location.hash.slice(3);
        }
        search();
        form.scrollIntoView();
      }

      let timer;
      query.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          search();
          try {
            history.replaceState(null, "", query.value === "" ? "#keys" : "#q=" + encodeURIComponent(query.value));
          } catch {}
        }, 60);
      });
      // So that the first letter takes no longer than the others.
      query.addEventListener("focus", prepare, { once: true });
      if (window.requestIdleCallback) requestIdleCallback(prepare);
      form.addEventListener("submit", (event) => event.preventDefault());
      addEventListener("hashchange", follow);
      form.hidden = false;
      follow();
    })();

    """
}
