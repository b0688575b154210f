// Shapes of a region, as shares of the picture: what the fields of the painter say without a brush.
const shapes = {
  "left half": { x: 0, y: 0, width: 0.5, height: 1 },
  "right half": { x: 0.5, y: 0, width: 0.5, height: 1 },
  "top half": { x: 0, y: 0, width: 1, height: 0.5 },
  "bottom half": { x: 0, y: 0.5, width: 1, height: 0.5 },
  middle: { x: 0.25, y: 0.25, width: 0.5, height: 0.5 },
  "top left quarter": { x: 0, y: 0, width: 0.5, height: 0.5 },
  "top right quarter": { x: 0.5, y: 0, width: 0.5, height: 0.5 },
  "bottom left quarter": { x: 0, y: 0.5, width: 0.5, height: 0.5 },
  "bottom right quarter": { x: 0.5, y: 0.5, width: 0.5, height: 0.5 },
};

export const shapeNames = Object.keys(shapes);

export const boxOf = (name) => shapes[name];

/** Draws a box, or the ellipse within it, in the colour that the context has. */
export function drawShape(context, { x, y, width, height }, isEllipse) {
  const { width: w, height: h } = context.canvas;
  context.beginPath();
  if (isEllipse) {
    context.ellipse((x + width / 2) * w, (y + height / 2) * h, (width / 2) * w, (height / 2) * h, 0, 0, 2 * Math.PI);
  } else {
    context.rect(x * w, y * h, width * w, height * h);
  }
  context.fill();
}

/** Width and height of a mask for a picture of this ratio. */
export function maskSize(ratio, longest = 256) {
  return ratio >= 1
    ? [longest, Math.max(8, Math.round(longest / ratio))]
    : [Math.max(8, Math.round(longest * ratio)), longest];
}
