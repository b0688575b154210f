// A dialog in which the region of an adapter is painted over the picture, or made of shapes by the keyboard alone.
//   name            of the adapter
//   region          id of the region so far, or undefined
//   ratio           width over height of the picture
//   picture         {blob} to paint on, or undefined
//   onSave(id)      onClose()
import { html, useEffect, useRef, useState } from "../../parts/html.js";
import { post, url } from "../../api.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { Slider } from "../../parts/slider.js";
import { Toggle } from "../../parts/toggle.js";
import { toastError } from "../../parts/toast.js";
import { useBlobUrl } from "./blob-url.js";
import { maskCanvas } from "./mask-canvas.js";
import { RegionShapeFields } from "./region-shape-fields.js";
import { maskSize } from "./region-shapes.js";

export function RegionPainter({ name, region, ratio, picture, onSave, onClose }) {
  const canvas = useRef();
  const mask = useRef();
  const last = useRef();
  const [brush, setBrush] = useState({ size: 0.15, erase: false, soft: false });
  const [share, setShare] = useState(0);
  const behind = useBlobUrl(picture?.blob);
  const [width, height] = maskSize(ratio);
  const show = () => setShare(mask.current.share());
  useEffect(() => {
    mask.current = maskCanvas(canvas.current);
    if (region) {
      load(url("studio/regions/picture", { id: region })).then((image) => {
        mask.current.load(image);
        show();
      }, toastError);
    }
  }, []);
  const act = (change) => () => {
    change(mask.current);
    show();
  };
  const under = (event) => {
    const box = canvas.current.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height];
  };
  const onPointerDown = (event) => {
    canvas.current.setPointerCapture(event.pointerId);
    mask.current.remember();
    last.current = under(event);
    mask.current.stroke(last.current, last.current, brush);
  };
  const onPointerMove = (event) => {
    if (last.current) {
      const to = under(event);
      mask.current.stroke(last.current, to, brush);
      last.current = to;
    }
  };
  const onPointerUp = () => {
    last.current = undefined;
    show();
  };
  const save = async () => {
    const { id } = await post("studio/regions", { png: mask.current.png() });
    onSave(id);
    onClose();
  };
  const footer = html`<${Button} onClick=${onClose}>Cancel<//>
    <${Button} kind="primary" disabled=${share === 0} onClick=${save}>Use this region<//>`;
  return html`<${Dialog} title=${`Where ${name} counts`} wide onClose=${onClose} footer=${footer}>
    <div class="painter">
      <div class="painter-canvas" style=${{ "aspect-ratio": `${width} / ${height}` }}>
        ${behind && html`<img src=${behind} alt="" />`}
        <canvas ref=${canvas} width=${width} height=${height} role="img"
          aria-label=${`Region of ${Math.round(share * 100)} % of the picture`}
          onPointerDown=${onPointerDown} onPointerMove=${onPointerMove} onPointerUp=${onPointerUp}
            onPointerCancel=${onPointerUp} />
      </div>
      <div class="painter-tools">
        <p role="status">${share === 0 ? "Paint where the adapter shall count, or add a shape." : `It counts in ${percent(share)} of the picture.`}</p>
        <${Slider} label="Brush, in % of the picture" min=${2} max=${60} step=${1} least=${1} most=${100}
          value=${Math.round(brush.size * 100)}
          onInput=${(size) => setBrush({ ...brush, size: size / 100 })} />
        <div class="row">
          <${Toggle} label="Erase" value=${brush.erase} onInput=${(erase) => setBrush({ ...brush, erase })} />
          <${Toggle} label="Soft" value=${brush.soft} onInput=${(soft) => setBrush({ ...brush, soft })} />
        </div>
        <div class="row">
          <${Button} onClick=${act((one) => one.undo())}>Undo<//>
          <${Button} onClick=${act((one) => one.fill(false))}>Clear<//>
          <${Button} onClick=${act((one) => one.fill(true))}>All<//>
          <${Button} onClick=${act((one) => one.invert())}>Invert<//>
        </div>
        <${RegionShapeFields} onDraw=${(box, how) => act((one) => one.shape(box, how))()} />
      </div>
    </div>
  <//>`;
}

const percent = (share) => (share < 0.01 ? "less than 1 %" : `${Math.round(share * 100)} %`);

async function load(address) {
  const image = new Image();
  image.src = address;
  try {
    await image.decode();
  } catch {
    throw new Error("The region so far could not be read. Paint it anew.");
  }
  return image;
}
