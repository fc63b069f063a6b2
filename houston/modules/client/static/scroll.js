// Recent browsers return a promise from these functions. React 16 takes what an effect returns for
// a function, calls it before the next page, and fails.
(function () {
  function returnNothing(owner, name) {
    var scroll = owner[name];
    owner[name] = function () {
      scroll.apply(this, arguments);
    };
  }
  ["scroll", "scrollTo", "scrollBy"].forEach(function (name) {
    returnNothing(window, name);
    returnNothing(Element.prototype, name);
  });
})();
