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

    .facts, .transition, .overview, .chart, figure {
      background: var(--card); border: 1px solid var(--line); border-radius: .65rem;
    }
    .facts { padding: .35rem 1.1rem; }
    .facts div { display: grid; grid-template-columns: 11rem 1fr; gap: 1rem; padding: .45rem 0; }
    .facts div + div { border-top: 1px solid var(--line); }
    dt { color: var(--soft); }
    dt::first-letter, .figures li::first-letter, .reason::first-letter { text-transform: uppercase; }
    dd { margin: 0; min-width: 0; }

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
    details summary { cursor: pointer; color: var(--link); font-size: .9rem; padding: .25rem 0; width: fit-content; }
    .searching summary { display: none; }
    .rest code { display: inline-block; }
    footer { margin-top: 3rem; color: var(--soft); font-size: .85rem; }

    @media (max-width: 46rem) {
      body { padding: 1.5rem .9rem 3rem; }
      .facts div { grid-template-columns: 1fr; gap: 0; }
      .figures { grid-template-columns: repeat(2, 1fr); }
      .overview .wide { display: none; }
      .overview th, .overview td { padding: .5rem .45rem; overflow-wrap: anywhere; }
      .transition { padding: .9rem .9rem 1rem; }
      .diff thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
      .diff, .diff tbody { display: block; }
      .diff tr { display: grid; grid-template-columns: 8.5rem 1fr; }
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
      #search, summary { display: none !important; }
      h2, h3, h4, .reason { break-after: avoid; }
      figure, .chart tr, .diff, .figures, .keys li, .overview tr { break-inside: avoid; }
    }

    """
}
