/* For a browser without modules (before Chrome 61, Tizen 5, webOS 5): the page as the server wrote it, loaded again every
   15 s, but only while the server answers: a page that is shown is better than a browser's own words. ES5 on purpose. */
(function () {
  var told = document.getElementById("old");
  if (told) told.hidden = false;
  setInterval(function () {
    var asked = new XMLHttpRequest();
    asked.open("GET", document.body.getAttribute("data-poll"));
    asked.onload = function () { if (asked.status === 200) location.reload(); };
    asked.send();
  }, 15000);
}());
