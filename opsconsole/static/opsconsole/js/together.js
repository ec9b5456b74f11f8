// Working beside others: what is typed is kept and shared, who is here is shown, what was sent can be taken back.

import "./drafts.js";
import "./company.js";
import "./undo.js";
