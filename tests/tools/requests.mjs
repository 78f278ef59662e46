// A page in, every URL that it asks for besides its own as JSON out.
//
// node requests.mjs CHROMIUM FILE

import { pathToFileURL } from "node:url";
import { Browser } from "./browser.mjs";

const [chromium, file] = process.argv.slice(2);
const browser = await Browser.start(chromium);
try {
    const page = await browser.page();
    const urls = [];
    await page.ask("Network.enable");
    page.on("Network.requestWillBeSent", ({ request }) => urls.push(request.url));
    await page.open(file);
    const own = pathToFileURL(file).href;
    if (!urls.includes(own)) {
        throw new Error(`${own} was not opened: ${urls}`);
    }
    process.stdout.write(JSON.stringify(urls.filter((url) => url !== own)));
} finally {
    await browser.stop();
}
