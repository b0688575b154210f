// A mask that is painted: white where the adapter counts, black elsewhere.
//   const mask = maskCanvas(canvas);   stroke(from, to, {size, erase, soft}), shape(box, {ellipse, erase}), fill(colour),
//   invert(), undo(), load(image), png() -> base64
import { drawShape } from "./region-shapes.js";

const WHITE = "#fff";
const BLACK = "#000";
const UNDONE_AT_MOST = 30;

export function maskCanvas(canvas) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const past = [];
  fill(BLACK);

  function fill(colour) {
    context.fillStyle = colour;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }

  function remember() {
    past.push(context.getImageData(0, 0, canvas.width, canvas.height));
    past.splice(0, past.length - UNDONE_AT_MOST);
  }

  function dab([x, y], { size, erase, soft }) {
    const radius = (size / 2) * Math.max(canvas.width, canvas.height);
    const colour = erase ? "0 0 0" : "255 255 255";
    const paint = context.createRadialGradient(x, y, soft ? 0 : radius - 0.5, x, y, radius);
    paint.addColorStop(0, `rgb(${colour} / ${soft ? 0.3 : 1})`);
    paint.addColorStop(1, `rgb(${colour} / 0)`);
    context.fillStyle = paint;
    context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
  }

  return {
    remember,
    /** Both ends in pixels of the canvas. */
    stroke(from, to, brush) {
      const distance = Math.hypot(to[0] - from[0], to[1] - from[1]);
      const dabs = Math.max(1, Math.ceil(distance / Math.max(1, (brush.size * canvas.width) / 8)));
      for (let i = 1; i <= dabs; i++) {
        dab([from[0] + ((to[0] - from[0]) * i) / dabs, from[1] + ((to[1] - from[1]) * i) / dabs], brush);
      }
    },
    shape(box, { ellipse, erase }) {
      remember();
      context.fillStyle = erase ? BLACK : WHITE;
      drawShape(context, box, ellipse);
    },
    fill(light) {
      remember();
      fill(light ? WHITE : BLACK);
    },
    invert() {
      remember();
      const image = context.getImageData(0, 0, canvas.width, canvas.height);
      for (let i = 0; i < image.data.length; i++) {
        image.data[i] = i % 4 === 3 ? 255 : 255 - image.data[i];
      }
      context.putImageData(image, 0, 0);
    },
    undo() {
      const image = past.pop();
      if (image) {
        context.putImageData(image, 0, 0);
      }
    },
    load: (image) => context.drawImage(image, 0, 0, canvas.width, canvas.height),
    /** The share of the picture that is light, from 0 to 1. */
    share() {
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      let sum = 0;
      for (let i = 0; i < data.length; i += 4) {
        sum += data[i];
      }
      return sum / 255 / (data.length / 4);
    },
    png: () => canvas.toDataURL("image/png").replace(/^data:image\/png;base64,/, ""),
  };
}
