/// The looks of a page: light or dark as the reader's system is, on a phone, a desktop or paper.
enum HTMLStyleSheet {
  static let content: StaticString = """

    :root {
      color-scheme: light dark;
      --page: #f4f6f8; --card: #ffffff; --text: #17202b; --soft: #566272; --line: #dde3ea; --track: #e9edf2;
      --link: #0b5cad; --grant: #0f766e; --copy: #a85508; --blocked: #b4173f; --remaining: #9fadbd; --own: #c9d2dc;
      --added: #e3f5ee; --removed: #fdeaee; --mono: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #0f141a; --card: #171e26; --text: #e4eaf1; --soft: #9aa8b8; --line: #2a3542; --track: #222c37;
        --link: #7db8ff; --grant: #2cc5b0; --copy: #f0a848; --blocked: #ff7f98; --remaining: #5f7083; --own: #3b4856;
        --added: #12302a; --removed: #3a1a23;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; scroll-padding-top: 5rem; }
    body {
      margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 74rem; background: var(--page); color: var(--text);
      font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
    }
    .prose {
      padding: .85rem 1.1rem; background: var(--card); border: 1px solid var(--line); border-radius: .65rem;
      overflow-wrap: anywhere;
    }
    .prose > * + * { margin-top: .6rem; }
    .prose pre {
      margin-bottom: 0; padding: .6rem .8rem; background: var(--page); border-radius: .4rem;
      font-family: var(--mono); font-size: .875em; white-space: pre-wrap; user-select: all;
    }
    code, .keys { font-family: var(--mono); font-size: .875em; overflow-wrap: anywhere; }
    code { unicode-bidi: isolate; }
    a { color: var(--link); }
    [hidden] { display: none !important; }
    .unseen {
      position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
    }
    h1, h2, h3, h4, p, ul, dl, figure { margin: 0; padding: 0; }
    h1 { font-size: clamp(1.6rem, 4.5vw, 2.4rem); line-height: 1.2; letter-spacing: -.015em; overflow-wrap: anywhere; }
    h2 { font-size: 1.25rem; margin: 2.75rem 0 .9rem; letter-spacing: -.005em; }
    h3 { font-size: 1.1rem; display: flex; flex-wrap: wrap; gap: .3rem .75rem; align-items: center; }
    h4 { font-size: .8rem; color: var(--soft); margin: 1.1rem 0 .3rem; font-weight: 600; }
    small { color: var(--soft); font-size: .85em; font-weight: 400; }
    .eyebrow { color: var(--soft); font-size: .8rem; font-weight: 600; letter-spacing: .08em; text-transform: uppercase; }
    .lead { font-size: 1.1rem; margin: .5rem 0 1.25rem; }

    .facts, .transition, .overview, .chart, figure, .answers, .commands, .folders {
      background: var(--card); border: 1px solid var(--line); border-radius: .65rem;
    }
    .facts { padding: .35rem 1.1rem; }
    .facts div { display: grid; grid-template-columns: 11rem 1fr; gap: 1rem; padding: .45rem 0; }
    .facts div + div { border-top: 1px solid var(--line); }
    dt { color: var(--soft); }
    dt::first-letter, .figures li::first-letter, .reason::first-letter { text-transform: uppercase; }
    dd { margin: 0; min-width: 0; }

    .answers { padding: .5rem 1.25rem; font-size: 1.05rem; }
    .answers > div { display: grid; grid-template-columns: 13.5rem 1fr; gap: .1rem 1rem; padding: .7rem 0; }
    .answers > div + div { border-top: 1px solid var(--line); }
    .answers dt { font-weight: 650; color: var(--text); }
    .answers .warned dt, .answers .warned b, .answers .blocked dt { color: var(--blocked); }
    .answers dd > p + p { margin-top: .35rem; }
    .answers small { margin-left: .15rem; }

    .id { overflow-wrap: anywhere; }
    .id[title], .group[title] { cursor: help; }
    .id b, .group { font-weight: 600; }
    .id code { color: var(--soft); }
    .id b + code { white-space: nowrap; }
    .copier { display: none; }
    .js .copier {
      display: inline-block; position: relative; width: 1.75em; height: 1.5em; margin-left: .1em; padding: 0; border: 0;
      background: none; color: var(--soft); font: inherit; vertical-align: -.3em; cursor: pointer; border-radius: .3em;
    }
    .copier:hover { color: var(--link); }
    .copier::before, .copier::after {
      content: ""; position: absolute; width: .55em; height: .7em; border: 1.5px solid; border-radius: .15em;
    }
    .copier::before { top: .25em; left: .42em; }
    .copier::after { top: .5em; left: .68em; background: var(--card); }
    .copier.done { color: var(--grant); }
    .copier.done::before { display: none; }
    .copier.done::after {
      border-width: 0 2.5px 2.5px 0; border-radius: 0; width: .35em; height: .75em; left: .65em; top: .25em;
      background: none; transform: rotate(40deg);
    }

    .commands { margin: 0; padding: .35rem 1.25rem; list-style: none; }
    .commands li { display: grid; grid-template-columns: 13.5rem 1fr; gap: .1rem 1rem; padding: .4rem 0; align-items: baseline; }
    .commands li > span { color: var(--soft); font-size: .9rem; }
    .command { display: flex; gap: .35rem; align-items: center; min-width: 0; }
    .command code { flex: 1; padding: .3rem .6rem; background: var(--page); border-radius: .4rem; overflow-wrap: anywhere; }
    .command span { white-space: nowrap; }
    .prose .command { margin-top: .4rem; }

    .folders { padding: .5rem 1.1rem .7rem; }
    .folders summary, .folders .line {
      display: grid; grid-template-columns: minmax(0, 1fr) 6rem 6rem 9rem; gap: .75rem; align-items: center;
      padding: .28rem 0; border-top: 1px solid var(--line); font-size: .9rem; width: auto; color: inherit;
    }
    .folders > :first-child > summary, .folders > .line:first-child { border-top: 0; }
    .folders .inside { padding-left: 1.1rem; }
    .folders .name, .folder > summary > span { position: relative; padding-left: 1.15em; }
    .folders summary .name::before, .folder > summary > span::before {
      content: ""; position: absolute; left: .1em; top: .5em; width: .42em; height: .42em; border: solid var(--soft);
      border-width: 0 2px 2px 0; transform: rotate(-45deg);
    }
    .folders details[open] > summary .name::before, .folder[open] > summary > span::before { transform: rotate(45deg); }
    .folders .line .name { color: var(--soft); }
    .folders .line .name code { color: var(--text); }
    .folders .name code {
      display: inline-block; max-width: 100%; max-height: 4.5em; overflow: hidden; vertical-align: bottom;
    }
    .folders .bar { height: .55rem; }
    .find { display: none; font-size: .85em; margin-left: .35rem; }
    .js .find { display: inline; }

    .figures { list-style: none; display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; }
    .figures li {
      background: var(--card); border: 1px solid var(--line); border-top: 3px solid var(--own); border-radius: .65rem;
      padding: .7rem 1rem .8rem; color: var(--soft); font-size: .85rem; line-height: 1.35;
    }
    .figures b {
      display: block; color: var(--text); font-size: 1.5rem; font-weight: 650; letter-spacing: -.01em;
      font-variant-numeric: tabular-nums; line-height: 1.3;
    }
    .figures .grant { border-top-color: var(--grant); }
    .figures .copy { border-top-color: var(--copy); }
    .figures .blocked { border-top-color: var(--blocked); }
    .figures .none b { color: var(--soft); }

    figure { margin-top: .75rem; padding: .9rem 1.1rem 1rem; }
    figcaption, .chart caption { font-weight: 600; text-align: left; }
    .bar { display: block; width: 100%; height: .75rem; border-radius: .375rem; overflow: hidden; }
    figure .bar { height: 1.5rem; margin: .6rem 0 .8rem; }
    .bar .track { fill: var(--track); }
    .bar .grant { fill: var(--grant); }
    .bar .copy { fill: var(--copy); }
    .bar .blocked, .bar .changing { fill: var(--blocked); }
    .bar .changing { fill: var(--link); }
    .bar .remaining { fill: var(--remaining); }
    .bar .own { fill: var(--own); }
    .legend { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem 1.5rem; font-size: .9rem; }
    .swatch { display: inline-block; width: .75rem; height: .75rem; border-radius: .2rem; margin-right: .2rem; }
    .swatch.grant { background: var(--grant); }
    .swatch.copy { background: var(--copy); }
    .swatch.blocked { background: var(--blocked); }
    .swatch.remaining { background: var(--remaining); }
    .swatch.own { background: var(--own); }

    table { border-collapse: separate; border-spacing: 0; width: 100%; }
    th, td { text-align: left; vertical-align: top; }
    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: .75rem;
      margin-top: .75rem; align-items: start; }
    .chart, .chart tbody, .chart tr, .chart th, .chart td { display: block; }
    .chart { padding: .9rem 1.1rem 1rem; }
    .chart caption { display: block; margin-bottom: .25rem; }
    .chart tr { padding-top: .6rem; }
    .chart th { font-weight: 400; font-size: .9rem; }
    .chart td span, .chart th + td > span { color: var(--soft); font-size: .85rem; }
    .chart .bar { margin: .25rem 0 .15rem; }

    .overview th, .overview td { padding: .5rem .75rem; border-bottom: 1px solid var(--line); font-size: .9rem; }
    .overview th:first-child, .overview td:first-child { padding-left: 1.1rem; }
    .overview tr:last-child td { border-bottom: 0; }
    .overview thead th, .diff thead th { color: var(--soft); font-size: .8rem; font-weight: 600; }
    .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }

    .overview .added .sign { color: var(--grant); }
    .overview .removed .sign { color: var(--blocked); }
    .badge {
      display: inline-block; padding: .05rem .6rem .1rem; border: 1px solid; border-radius: 1rem; font-size: .8rem;
      font-weight: 600; white-space: nowrap; line-height: 1.5;
    }
    .badge.grant { color: var(--grant); }
    .badge.copy { color: var(--copy); }
    .badge.blocked { color: var(--blocked); }
    .sign { font-family: var(--mono); font-weight: 700; }

    #search {
      position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .4rem .9rem; align-items: center;
      padding: .75rem 0; margin-top: .5rem; background: var(--page);
    }
    #search label { font-weight: 600; }
    #search input {
      flex: 1 1 14rem; min-width: 0; font: inherit; color: inherit; background: var(--card);
      border: 1px solid var(--remaining); border-radius: .5rem; padding: .45rem .7rem;
    }
    :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
    #matches { color: var(--soft); font-size: .9rem; }

    .transition { padding: 1.1rem 1.25rem 1.2rem; border-left-width: 4px; margin-top: .75rem; }
    .transition.grant { border-left-color: var(--grant); }
    .transition.copy { border-left-color: var(--copy); }
    .transition.blocked { border-left-color: var(--blocked); }
    .transition { content-visibility: auto; contain-intrinsic-size: auto 24rem; }
    .reason { margin-top: .5rem; }
    .owner, .note, .rest { color: var(--soft); font-size: .9rem; margin-top: .25rem; }
    .owner code { color: var(--text); }
    .diff { margin-top: .8rem; border: 1px solid var(--line); border-radius: .5rem; overflow: hidden; }
    .diff th, .diff td { padding: .3rem .75rem; font-size: .9rem; }
    .diff tbody td { border-top: 1px solid var(--line); }
    .diff td:first-child { white-space: nowrap; width: 7.5rem; }
    .diff td:nth-child(2) { width: 9.5rem; }
    .diff .sign { display: inline-block; width: 1em; }
    .diff .added td { background: var(--added); }
    .diff .removed td { background: var(--removed); }
    .diff .added td:first-child { color: var(--grant); }
    .diff .removed td:first-child { color: var(--blocked); }
    .diff .kept td { color: var(--soft); }
    .found { color: var(--link); margin-left: .4rem; }
    .keys { list-style: none; }
    .keys li { padding: .12rem 0; white-space: pre-wrap; }
    summary { cursor: pointer; list-style: none; }
    summary::-webkit-details-marker { display: none; }
    .more > summary { color: var(--link); font-size: .9rem; padding: .25rem 0; width: fit-content; }
    .more pre, .acl {
      margin: .5rem 0 0; font-family: var(--mono); font-size: .8rem; line-height: 1.5; white-space: pre-wrap; tab-size: 4;
      overflow-wrap: anywhere;
    }
    .searching .keys, .searching .more { display: none; }
    .tree, .results { font-family: var(--mono); font-size: .85rem; }
    .row, .folder > summary, .keys li { display: flex; gap: 1rem; justify-content: space-between; align-items: baseline; }
    .row, .folder > summary { padding: .14rem 0; }
    .row > span, .folder > summary > span, .keys li > span { min-width: 0; overflow-wrap: anywhere; unicode-bidi: isolate; }
    .row small, .folder small, .keys data {
      flex: none; color: var(--soft); font: .8rem system-ui, sans-serif; font-variant-numeric: tabular-nums;
    }
    .folder > summary { font-weight: 600; }
    .folder > .inside { padding-left: 1.15em; }
    .tree .row > span { padding-left: 1.15em; }
    mark { background: #ffe08a; color: #17202b; border-radius: .15em; }
    .further {
      margin: .4rem 0; padding: .3rem .8rem; border: 1px solid var(--remaining); border-radius: .4rem; background: none;
      color: var(--link); font: .9rem system-ui, sans-serif; cursor: pointer;
    }
    .rest code { display: inline-block; }
    footer { margin-top: 3rem; color: var(--soft); font-size: .85rem; }

    @media (max-width: 46rem) {
      body { padding: 1.5rem .9rem 3rem; }
      .facts div, .answers > div, .commands li { grid-template-columns: minmax(0, 1fr); gap: .1rem; }
      .figures { grid-template-columns: repeat(2, 1fr); }
      .transition { padding: .9rem .9rem 1rem; }
      .answers, .commands, .folders { padding-left: .9rem; padding-right: .9rem; }
      .folders summary, .folders .line { grid-template-columns: minmax(0, 1fr) auto auto; gap: .1rem .6rem; }
      .folders .bar { grid-column: 1 / -1; }
      .folders .name { overflow-wrap: anywhere; }
      .overview thead, .diff thead {
        position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
      }
      .overview, .overview tbody { display: block; }
      .overview tr { display: flex; flex-wrap: wrap; gap: .2rem .8rem; padding: .6rem .9rem; align-items: baseline; }
      .overview tr + tr { border-top: 1px solid var(--line); }
      .overview td, .overview td:first-child { display: block; padding: 0; border: 0; overflow-wrap: anywhere; }
      .overview td:nth-child(4) { flex: 1 1 100%; }
      .overview td:nth-child(4):empty { display: none; }
      .overview td:nth-child(5)::before { content: "of owner "; color: var(--soft); }
      .diff, .diff tbody { display: block; }
      .diff tr { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); }
      .diff tbody tr + tr { border-top: 1px solid var(--line); }
      .diff tbody td { border: 0; padding: .25rem .6rem; width: auto !important; }
      .diff td:nth-child(3) { grid-column: 1 / -1; padding-top: 0; }
    }
    @media print {
      :root {
        --page: #fff; --card: #fff; --text: #000; --soft: #444; --line: #bbb; --track: #eee; --link: #0b5cad;
        --grant: #0f766e; --copy: #a85508; --blocked: #b4173f; --remaining: #9fadbd; --own: #c9d2dc;
        --added: #e3f5ee; --removed: #fdeaee;
      }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      body { padding: 0; max-width: none; font-size: 10pt; }
      .figures { grid-template-columns: repeat(3, 1fr); }
      .answers > div, .commands li { grid-template-columns: 9rem 1fr; }
      #search, .more, .copier, .find { display: none !important; }
      .transition { content-visibility: visible; }
      .id::after { content: " " attr(title); font-family: var(--mono); font-size: .8em; overflow-wrap: anywhere; }
      .id code { display: none; }
      h2, h3, h4, .reason { break-after: avoid; }
      figure, .chart tr, .diff, .figures, .keys li, .overview tr { break-inside: avoid; }
    }

    """
}
