// Plays each exhibit while it is in view, and filters them by words.
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const inView = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) {
        target.preload = "auto";
        target.play().catch(() => {});
      } else {
        target.pause();
      }
    }
  },
  { rootMargin: "80px" },
);
for (const video of document.querySelectorAll("video")) {
  if (!still) inView.observe(video);
  video.addEventListener("click", () => (video.paused ? video.play() : video.pause()));
}
const field = document.querySelector("input");
field.addEventListener("input", () => {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of document.querySelectorAll("section")) {
    let any = false;
    for (const card of section.querySelectorAll("article")) {
      card.hidden = !words.every((word) => card.dataset.words.includes(word));
      any = any || !card.hidden;
    }
    section.hidden = !any;
  }
});
