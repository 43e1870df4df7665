/** The dashboard's beginning. */
import "./app.js";
