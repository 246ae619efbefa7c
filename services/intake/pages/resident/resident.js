// Residents' pages. Written for old web views: no promises, no classes; each page works without it.
import { remember } from "./asking.js";
import { prepareReport } from "./report.js";
import { prepareTrack } from "./track.js";

var page = document.body.getAttribute("data-page");
var receipt = document.querySelector("[data-receipt-code]");

if (page === "report") prepareReport();
if (page === "track") prepareTrack();
if (receipt) remember(receipt.getAttribute("data-receipt-number"), receipt.getAttribute("data-receipt-code"));
