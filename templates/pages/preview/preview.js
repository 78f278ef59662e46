// The page follows the files: it asks for itself, is answered when something has changed, and puts
// what differs in its place. Whoever reads on stays where they are.
"use strict";

const SENDING = "Sending…";
const RETRY = 1000; // milliseconds between two tries when nobody answers
const pause = (time) => new Promise((done) => setTimeout(done, time));
const content = () => document.getElementById("content");

// A frame that comes loads behind the one that is shown, and takes its place and its scroll.
function renew(shown, src, digest) {
    return new Promise((done) => {
        const coming = shown.cloneNode();
        coming.src = src;
        coming.dataset.digest = digest;
        coming.classList.add("coming");
        const swap = () => {
            // A frame that shows an error has no place.
            const place = shown.contentDocument?.scrollingElement;
            coming.contentDocument?.scrollingElement?.scrollTo(place?.scrollLeft ?? 0, place?.scrollTop ?? 0);
            const focused = document.activeElement === shown;
            shown.remove();
            coming.classList.remove("coming");
            if (focused) {
                coming.focus();
            }
            done();
        };
        coming.addEventListener("load", swap, { once: true });
        shown.after(coming);
    });
}

// What is being typed, opened or focused outlasts a change.
function replace(shown, fresh) {
    const focused = shown.contains(document.activeElement) ? document.activeElement : null;
    const typed = [...shown.querySelectorAll("input[id]")].map(({ id, value }) => [id, value]);
    const open = [...shown.querySelectorAll("details[open] summary")].map((node) => node.textContent);
    const place = focused && [...shown.querySelectorAll("a, input, button, summary")].indexOf(focused);
    shown.replaceWith(fresh);
    for (const [id, value] of typed) {
        const input = document.getElementById(id);
        if (input) {
            input.value = value;
        }
    }
    for (const summary of fresh.querySelectorAll("summary")) {
        summary.parentElement.open = open.includes(summary.textContent);
    }
    if (focused) {
        const again = focused.id && document.getElementById(focused.id);
        (again || fresh.querySelectorAll("a, input, button, summary")[place] || content()).focus();
    }
}

async function pane(shown, fresh) {
    const [before, after] = [shown.querySelector("iframe"), fresh.querySelector("iframe")];
    if (before && after) {
        shown.querySelector("h2").replaceWith(fresh.querySelector("h2"));
        if (before.dataset.digest !== after.dataset.digest) {
            await renew(before, after.getAttribute("src"), after.dataset.digest);
        }
        return;
    }
    const text = [shown.querySelector("pre"), fresh.querySelector("pre")];
    if (text[0] && text[1]) {
        text[0].textContent = text[1].textContent;
        return;
    }
    replace(shown, fresh);
}

// A screen reader says it when it changes, and only then.
function state(text, className) {
    const shown = document.getElementById("state");
    shown.className = className;
    if (shown.textContent !== text) {
        shown.textContent = text;
    }
}

async function show(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    document.title = page.title;
    const work = [...page.querySelectorAll(".pane")].map((fresh) => {
        const shown = document.getElementById(fresh.id);
        return shown && pane(shown, document.importNode(fresh, true));
    });
    const sent = page.getElementById("sent");
    if (sent && document.getElementById("sent")) {
        sent.replaceWith(document.getElementById("sent").cloneNode(true));
    }
    // A server that is named now, or no longer, adds or takes away the form for tests.
    const parts = (root) => [...root.querySelectorAll(".side > section")].map(({ id }) => id).join();
    if (parts(document) !== parts(page)) {
        replace(document.querySelector(".side"), document.importNode(page.querySelector(".side"), true));
    }
    for (const fresh of page.querySelectorAll("#title, #state, #views, .side > section")) {
        const shown = document.getElementById(fresh.id);
        if (shown?.id === "state") {
            state(fresh.textContent, fresh.className);
        } else if (shown && !shown.isEqualNode(fresh)) {
            replace(shown, document.importNode(fresh, true));
        }
    }
    await Promise.all(work);
    content().className = page.getElementById("content").className;
    content().dataset.version = page.getElementById("content").dataset.version;
}

// A browser keeps few connections to one server, and this one is held: a page that nobody sees lets
// go of it, and looks at once when it is seen again.
let following = new AbortController();

async function follow() {
    following.abort();
    following = new AbortController();
    const { signal } = following;
    while (!signal.aborted) {
        const address = new URL(location.href);
        address.searchParams.set("after", content().dataset.version);
        try {
            const answer = await fetch(address, { signal });
            if (answer.status === 200) {
                await show(await answer.text());
            } else if (!answer.ok) {
                throw new Error(answer.statusText);
            }
        } catch {
            if (!signal.aborted) {
                state("The preview does not answer", "state stale");
                content().dataset.version = "0"; // whatever there is then is news
                await pause(RETRY);
            }
        }
    }
}

addEventListener("pagehide", () => following.abort());
addEventListener("pageshow", ({ persisted }) => persisted && follow());
document.addEventListener("visibilitychange", () => (document.hidden ? following.abort() : follow()));

// Readers are looked up while an address is typed.
async function lookup(input) {
    const address = new URL(input.dataset.lookup, location.href);
    address.searchParams.set("part", input.value);
    const known = await (await fetch(address)).json();
    const options = known.map((value) => Object.assign(document.createElement("option"), { value }));
    document.getElementById("known").replaceChildren(...options);
}

document.addEventListener("input", ({ target }) => {
    if (target.dataset.lookup) {
        lookup(target).catch(() => {});
    }
});

// A test is sent without leaving the page, one at a time.
document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") {
        return;
    }
    event.preventDefault();
    const say = (text) => (document.getElementById("sent").textContent = text);
    if (document.getElementById("sent").textContent === SENDING) {
        return;
    }
    say(SENDING);
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) })
        .then((answer) => answer.text())
        .then(say, () => say("The preview does not answer"));
});

follow();
