/// The page's style and its few lines of script.
extension ReportPage {
  static let style: StaticString = """
    :root { --paper:#fbfaf7; --card:#ffffff; --ink:#21201d; --soft:#6b675f; --line:#e4e0d8; --grid:#ece8e0;
      --link:#285e8e; --good:#2e6b45; --goodpaper:#e9f2ec; --bad:#9c2f22; --badpaper:#f8e9e6; --warn:#8a5a00;
      --applied:#3f7396; --duplicate:#a9c2d3; --recorded:#cbc5b8; --parked:#d99a2b; --parkedline:#f3dcae;
      --rejected:#b5402f; --rejectedline:#f2c9c1; --plain:#3f7396;
      --age0:#cfdde6; --age1:#9dbcd0; --age2:#6696b3; --age3:#3a6f91; --age4:#153f5c; --usual:#21201d; --shade:#21201d33; }
    @media (prefers-color-scheme: dark) { :root { --paper:#16181a; --card:#1d2022; --ink:#e9e6df; --soft:#a19c92;
      --line:#33373a; --grid:#2a2e31; --link:#8fc1e8; --good:#86c89e; --goodpaper:#1c2a22; --bad:#f0998b;
      --badpaper:#33201d; --warn:#e2b25f; --applied:#6ba3c7; --duplicate:#3d5a6d; --recorded:#5a564e;
      --parked:#d9a348; --parkedline:#5c4316; --rejected:#dd7260; --rejectedline:#5a231b; --plain:#6ba3c7;
      --age0:#2b3d49; --age1:#3d6079; --age2:#5688a8; --age3:#82b4d2; --age4:#c4e0f1; --usual:#f4f1ea; --shade:#f4f1ea40; } }
    @media print { :root { --paper:#ffffff; --card:#ffffff; --ink:#000000; --soft:#444444; --line:#bbbbbb;
      --grid:#dddddd; --link:#000000; --good:#1d4d30; --goodpaper:#ffffff; --bad:#7d1f14; --badpaper:#ffffff;
      --warn:#5d3d00; --applied:#3f7396; --duplicate:#a9c2d3; --recorded:#cbc5b8; --parked:#d99a2b;
      --parkedline:#f3dcae; --rejected:#b5402f; --rejectedline:#f2c9c1; --plain:#3f7396; --age0:#cfdde6;
      --age1:#9dbcd0; --age2:#6696b3; --age3:#3a6f91; --age4:#153f5c; --usual:#000000; } }
    * { box-sizing:border-box; }
    html { -webkit-text-size-adjust:100%; }
    body { margin:0; background:var(--paper); color:var(--ink); line-height:1.5;
      font:15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
    main { max-width:74rem; margin:0 auto; padding:2.2rem 1.2rem 4rem; }
    h1 { font-size:1.9rem; line-height:1.2; margin:.1rem 0 .2rem; font-weight:650; letter-spacing:-.01em; }
    h2 { font-size:1.25rem; margin:0 0 .2rem; font-weight:650; }
    h3 { font-size:1rem; margin:1.2rem 0 .3rem; font-weight:600; }
    p { margin:.3rem 0; }
    a { color:var(--link); text-decoration-thickness:1px; text-underline-offset:2px; }
    .kicker, .meta, .lead, .rest, .note, .axis-name { color:var(--soft); }
    .kicker { font-size:.85rem; letter-spacing:.02em; }
    .lead { max-width:46rem; margin-bottom:.8rem; }
    .rest, .axis-name { font-size:.85rem; }
    section { margin-top:2.8rem; }
    .balance { margin:1rem 0 0; padding:.55rem .8rem; border-left:4px solid; border-radius:3px; max-width:60rem;
      overflow-wrap:anywhere; }
    .balance.good { border-color:var(--good); background:var(--goodpaper); }
    .balance.bad { border-color:var(--bad); background:var(--badpaper); }
    .balance.good b { color:var(--good); } .balance.bad b { color:var(--bad); }
    .needs { margin-top:1.8rem; }
    .needs ol { list-style:none; margin:.6rem 0 0; padding:0; border-top:1px solid var(--line); }
    .finding { display:grid; grid-template-columns:12.5rem 1fr; column-gap:1.2rem; padding:.65rem 0 .7rem;
      border-bottom:1px solid var(--line); break-inside:avoid; }
    .finding p { margin:0; overflow-wrap:anywhere; }
    .finding .tags { grid-row:1 / span 2; display:flex; flex-direction:column; }
    .finding .urgency { font-weight:650; }
    .finding.now .urgency { color:var(--bad); } .finding.today .urgency { color:var(--warn); }
    .finding.watch .urgency { color:var(--soft); }
    .finding .remedy { color:var(--soft); grid-column:2; }
    .quiet { color:var(--good); font-weight:600; }
    .figures { display:grid; grid-template-columns:repeat(auto-fit,minmax(9rem,1fr)); gap:.7rem; margin:1.8rem 0 0; }
    .figures div { background:var(--card); border:1px solid var(--line); border-radius:6px; padding:.6rem .8rem; }
    .figures dt { color:var(--soft); font-size:.85rem; } .figures dd { margin:0; }
    .figures .value { font-size:1.55rem; font-weight:650; font-variant-numeric:tabular-nums; line-height:1.25; }
    .figures .note { font-size:.82rem; }
    nav { display:flex; flex-wrap:wrap; gap:.2rem 1.1rem; margin-top:1.4rem; padding:.5rem 0;
      border-top:1px solid var(--line); border-bottom:1px solid var(--line); }
    figure { margin:1.1rem 0 0; }
    figcaption { font-weight:600; margin-bottom:.25rem; }
    .csv { font-weight:400; font-size:.82rem; white-space:nowrap; }
    .empty { color:var(--soft); margin-top:1rem; } .empty b { color:var(--good); font-weight:600; }
    .scroll { overflow-x:auto; border:1px solid var(--line); border-radius:6px; background:
      linear-gradient(90deg, var(--card) 40%, transparent) 0 0/2rem 100% no-repeat local,
      linear-gradient(270deg, var(--card) 40%, transparent) 100% 0/2rem 100% no-repeat local,
      linear-gradient(90deg, var(--shade), transparent) 0 0/.8rem 100% no-repeat scroll,
      linear-gradient(270deg, var(--shade), transparent) 100% 0/.8rem 100% no-repeat scroll, var(--card); }
    code { font-family:ui-monospace, "DejaVu Sans Mono", monospace; font-size:.92em; }
    table { border-collapse:collapse; width:100%; font-size:.88rem; }
    th, td { padding:.34rem .5rem; text-align:left; vertical-align:top; border-bottom:1px solid var(--grid); }
    tbody tr:last-child td { border-bottom:0; }
    thead th { color:var(--soft); font-weight:600; vertical-align:bottom; border-bottom:1px solid var(--line); }
    tfoot td { border-top:1px solid var(--line); border-bottom:0; font-weight:600; }
    .number { text-align:right; font-variant-numeric:tabular-nums; white-space:nowrap; }
    thead .number { white-space:normal; }
    td.words { min-width:4.5rem; max-width:26rem; overflow-wrap:break-word; } td.short, td time { white-space:nowrap; }
    td.long { min-width:9.5rem; }
    .zero { color:var(--soft); opacity:.65; }
    td.drawn { min-width:8rem; width:13rem; vertical-align:middle; }
    th span { cursor:pointer; }
    th span:hover { color:var(--ink); text-decoration:underline; }
    th span:focus-visible, .scroll:focus-visible { outline:2px solid var(--link); outline-offset:1px; }
    th[aria-sort] span::after { content:" ▾"; } th[aria-sort=ascending] span::after { content:" ▴"; }
    .filter { font:inherit; font-size:.85rem; margin:0 0 .35rem; padding:.25rem .5rem; width:14rem; max-width:100%;
      color:var(--ink); background:var(--card); border:1px solid var(--line); border-radius:4px; }
    details { margin-top:.9rem; } summary { cursor:pointer; color:var(--link); font-size:.9rem; }
    svg { display:block; } .patterns { position:absolute; }
    .plot { width:100%; overflow:visible; margin-top:.5rem; } .bar { width:100%; }
    .plot text { font-size:11px; fill:var(--soft); } .plot .value { fill:var(--ink); }
    .plot .scale { paint-order:stroke; stroke:var(--paper); stroke-width:3px; stroke-linejoin:round; }
    .axis { stroke:var(--soft); stroke-width:1; } .grid { stroke:var(--grid); stroke-width:1; }
    .reach { fill:transparent; } .column:hover .reach { fill:var(--grid); fill-opacity:.6; }
    .today .tick { fill:var(--ink); font-weight:650; }
    rect.window { fill:var(--duplicate); } .came { stroke:var(--usual); stroke-width:2.5; }
    .usual { stroke:var(--usual); stroke-width:2; } .trend { stroke:var(--rejected); stroke-width:1.5; }
    .point { fill:var(--rejected); stroke:var(--paper); stroke-width:1.5; }
    rect.applied { fill:var(--applied); } rect.duplicate { fill:var(--duplicate); }
    rect.recorded { fill:var(--recorded); } rect.plain { fill:var(--plain); } rect.faint { fill:var(--duplicate); } rect.now { fill:var(--usual); }
    rect.parked { fill:url(#lines); } rect.rejected { fill:url(#cross); }
    #lines .base { fill:var(--parkedline); } #lines .over { fill:var(--parked); }
    #cross .base { fill:var(--rejected); } #cross .over { stroke:var(--rejectedline); stroke-width:1; }
    rect.age0 { fill:var(--age0); } rect.age1 { fill:var(--age1); } rect.age2 { fill:var(--age2); }
    rect.age3 { fill:var(--age3); } rect.age4 { fill:var(--age4); }
    .legend { display:flex; flex-wrap:wrap; gap:.1rem 1.1rem; font-size:.85rem; color:var(--soft); margin-top:.5rem; }
    .legend span { display:inline-flex; align-items:center; gap:.4rem; }
    .cards { display:grid; grid-template-columns:repeat(auto-fill,minmax(16rem,1fr)); gap:.8rem; margin-top:1rem; }
    .card { background:var(--card); border:1px solid var(--line); border-radius:6px; padding:.7rem .9rem; break-inside:avoid; }
    .card h3 { margin:0; overflow-wrap:anywhere; }
    @media (max-width:640px) { main { padding:1.2rem .8rem 3rem; } h1 { font-size:1.5rem; }
      .finding { grid-template-columns:1fr; } .finding .tags { flex-direction:row; gap:.7rem; grid-row:auto; }
      .finding .remedy { grid-column:1; } .minor { display:none; } td.words { max-width:16rem; } td.words:not(.short) { min-width:9rem; }
      td.words.long { min-width:13rem; }
      .figures { grid-template-columns:1fr 1fr; } .figures .value { font-size:1.3rem; } }
    @media print { @page { size:A4; margin:14mm 12mm; } body { font-size:10pt; } main { max-width:none; padding:0; }
      nav, .filter, .csv, .screen, summary, .minor { display:none; } tfoot { display:table-row-group; } section { margin-top:1.4rem; } h2, h3, figcaption, .lead { break-after:avoid; }
      details::details-content { content-visibility:visible; block-size:auto; } .plot, tr { break-inside:avoid; } table { font-size:8pt; } th, td { padding:.15rem .3rem; }
      .scroll { overflow:visible; border:0; background:none; } td.words { min-width:0; } td.words:not(.short) { min-width:5.5rem; } td.words.long { min-width:7.5rem; }
      .figures { grid-template-columns:repeat(6,1fr); gap:.4rem; } .figures div { padding:.35rem .5rem; break-inside:avoid; } td.drawn { min-width:0; width:5rem; }
      * { print-color-adjust:exact; -webkit-print-color-adjust:exact; } }

    """

  /// Sorting by a click on a head, filtering by typing; without script every table is there, sorted as it is written.
  static let script: StaticString = """
    "use strict";
    for (const table of document.querySelectorAll("figure.table table")) {
      const body = table.tBodies[0];
      const rows = Array.from(body.rows);
      if (rows.length < 2) continue;
      const heads = Array.from(table.tHead.rows[0].cells);
      heads.forEach((head, place) => {
        if (head.classList.contains("drawn")) return;
        // A span and no button, because paper repeats the heads of a long table without its buttons.
        const button = document.createElement("span");
        button.setAttribute("role", "button");
        button.tabIndex = 0;
        button.textContent = head.textContent;
        head.textContent = "";
        head.append(button);
        button.addEventListener("keydown", event => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          button.click();
        });
        button.addEventListener("click", () => {
          const first = head.classList.contains("number") ? "descending" : "ascending";
          const second = first === "ascending" ? "descending" : "ascending";
          const order = head.getAttribute("aria-sort") === first ? second : first;
          for (const other of heads) other.removeAttribute("aria-sort");
          head.setAttribute("aria-sort", order);
          const sign = order === "ascending" ? 1 : -1;
          const value = row => row.cells[place].dataset.v;
          const words = row => row.cells[place].textContent;
          const sorted = rows.map((row, index) => ({ row, index })).sort((a, b) =>
            sign * (value(a.row) === undefined || value(b.row) === undefined
              ? words(a.row).localeCompare(words(b.row)) : Number(value(a.row)) - Number(value(b.row)))
            || a.index - b.index);
          body.append(...sorted.map(entry => entry.row));
        });
      });
      if (rows.length < 15) continue;
      const field = document.createElement("input");
      field.className = "filter";
      field.type = "search";
      field.placeholder = "show rows that hold …";
      field.setAttribute("aria-label", "Show only rows that hold this text");
      field.addEventListener("input", () => {
        const wanted = field.value.trim().toLowerCase();
        for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
      });
      table.closest("figure").querySelector("figcaption").after(field);
    }
    addEventListener("beforeprint", () => {
      for (const part of document.querySelectorAll("details")) part.open = true;
    });

    """
}
