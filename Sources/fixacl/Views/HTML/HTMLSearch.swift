/// Filters the keys of all transitions. It reads them from the page, where they are text and nothing else, so no
/// key is ever near a script.
enum HTMLSearch {
  /// `#q=TEXT` in the address searches at once, and follows what is typed: a search can be linked to.
  static let script: StaticString = """

    "use strict";
    (() => {
      const form = document.getElementById("search");
      if (!form) return;
      const query = document.getElementById("query");
      const matches = document.getElementById("matches");
      const fold = (text) => text.normalize().toLowerCase();
      const number = (count) => count.toLocaleString("en-US");
      const groups = [...document.querySelectorAll(".transition")].map((element) => ({
        element,
        found: element.querySelector(".found"),
        more: element.querySelector("details"),
        keys: [...element.querySelectorAll(".keys li")].map((item) => ({ item, text: fold(item.textContent) })),
      }));
      const shown = groups.reduce((sum, group) => sum + group.keys.length, 0);

      function search() {
        const wanted = fold(query.value);
        let total = 0;
        for (const group of groups) {
          let found = 0;
          for (const key of group.keys) {
            const fits = key.text.includes(wanted);
            if (key.item.hidden === fits) key.item.hidden = !fits;
            if (fits) found += 1;
          }
          total += found;
          group.element.hidden = wanted !== "" && found === 0;
          group.found.textContent = wanted === "" ? "" : number(found) + " found";
          if (group.more) group.more.open = wanted !== "";
        }
        document.body.classList.toggle("searching", wanted !== "");
        matches.textContent = wanted === "" ? "" :
          number(total) + " of the " + number(shown) + " keys in this page " + (total === 1 ? "has" : "have") + " it";
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
            history.replaceState(null, "", query.value === "" ? "#changes" : "#q=" + encodeURIComponent(query.value));
          } catch {}
        }, 120);
      });
      form.addEventListener("submit", (event) => event.preventDefault());
      addEventListener("hashchange", follow);
      form.hidden = false;
      follow();
    })();

    """
}
