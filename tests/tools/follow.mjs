// A page and a link in it in; where a browser comes to that follows it, what it says of where it came
// from, and what it has to keep, as JSON out.
//
// node follow.mjs CHROMIUM AGENT PAGE LINK

import { Browser } from "./browser.mjs";

const [chromium, agent, from, link] = process.argv.slice(2);
const browser = await Browser.start(chromium);
try {
    const page = await browser.served();
    // A browser without a window says so, and is no reader.
    await page.ask("Network.setUserAgentOverride", { userAgent: agent });
    await page.go(from);
    await page.leave(() => page.evaluate(`location.href = ${JSON.stringify(link)}`));
    const { cookies } = await page.ask("Network.getCookies", { urls: [from, link] });
    const [url, referrer] = await page.evaluate("[location.href, document.referrer]");
    process.stdout.write(JSON.stringify({ url, referrer, cookies: cookies.length }));
} finally {
    await browser.stop();
}
