// Pages in, what axe-core finds wrong with each as JSON out: by day, by night and on a telephone.
//
// node axe.mjs CHROMIUM AXE.JS letter|page FILE...

import { readFileSync } from "node:fs";
import { Browser } from "./browser.mjs";

const LOOKS = [
    ["light", 800],
    ["dark", 800],
    ["light", 320],
];
// A letter stands in the page of a mail program, which has the landmarks.
const OPTIONS = {
    letter: {
        resultTypes: ["violations"],
        rules: { "landmark-one-main": { enabled: false }, region: { enabled: false } },
    },
    page: { resultTypes: ["violations"] },
};
const BLANK = "[...document.images].filter((i) => !i.naturalWidth).map((i) => i.src)";

async function judge(page, file, axe, options) {
    await page.open(file);
    const blank = await page.evaluate(BLANK);
    const faults = blank.map((picture) => `${file}: no picture at ${picture}`);
    await page.evaluate(axe);
    for (const [scheme, width] of LOOKS) {
        await page.look(scheme, width, 900);
        const run = `axe.run(document, ${JSON.stringify(options)})`;
        const { violations, passes } = await page.evaluate(run);
        const look = `${file} (${scheme}, ${width} px)`;
        for (const { id, impact, help, nodes } of violations) {
            const places = nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`);
            faults.push(`${look}: ${id}, ${impact}: ${help}\n${places.join("\n")}`);
        }
        if (passes.length < 10) {
            faults.push(`${look}: only ${passes.length} rules passed: axe-core did not look`);
        }
        const wide = await page.evaluate("document.documentElement.scrollWidth");
        if (wide > width) {
            faults.push(`${look}: it is ${wide} px wide`);
        }
    }
    return faults;
}

const [chromium, axe, kind, ...files] = process.argv.slice(2);
const browser = await Browser.start(chromium);
try {
    const page = await browser.page();
    const source = `${readFileSync(axe, "utf8")};0`;
    const faults = [];
    for (const file of files) {
        faults.push(...(await judge(page, file, source, OPTIONS[kind])));
    }
    process.stdout.write(JSON.stringify(faults));
} finally {
    await browser.stop();
}
