package dev.lora4j.server.a1111;

import com.google.gson.JsonPrimitive;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.dataset.image.PixelMap;
import dev.lora4j.diffusion.request.InitImage;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.json.JsonFields;
import java.util.List;
import java.util.Optional;

/** Init images of a request, with their mask. */
final class InitImageFields {
  private static final int WHITE = 0xffffff;
  private static final int MOST_BLUR = 512;
  private static final int MOST_PADDING = 4096;
  private static final int NOISE = 2;
  private static final long MOST_PIXELS = 2048L * 2048;

  private final JsonFields body;
  private final int width;
  private final int height;
  private final ResizeMode mode;
  private final double strength;
  private final boolean fill;

  private InitImageFields(JsonFields body, int width, int height) {
    this.body = body;
    this.width = width;
    this.height = height;
    mode = ResizeMode.of(body);
    if ((long) width * height > MOST_PIXELS) {
      throw A1111Problem.unusable(
          width
              + "x"
              + height
              + " is more than the "
              + MOST_PIXELS
              + " pixels that a picture with an init image may have here. Make it smaller.");
    }
    strength = body.number("denoising_strength", 0, 1).orElse(0.75);
    if (strength == 0) {
      throw A1111Problem.unusable(
          "denoising_strength 0 changes nothing of the init image; send more, up to 1.");
    }
    fill = fill(body);
  }

  /**
   * Reads them.
   *
   * @param width of the pictures that are made
   * @param height likewise
   * @param batch most init images
   * @throws HttpProblem 404 if there is none, 422 if one cannot be used
   */
  static List<PlacedInitImage> of(JsonFields body, int width, int height, int batch) {
    InitImageFields all = new InitImageFields(body, width, height);
    int count = body.list("init_images", (path, value) -> path).orElse(List.of()).size();
    if (count == 0) {
      throw new HttpProblem(404, "Init image not found");
    }
    if (count > batch) {
      throw A1111Problem.unusable(
          "There are "
              + count
              + " init_images for a batch_size of "
              + batch
              + "; send one for all, or as many as the batch has pictures.");
    }
    SentPictures sent = new SentPictures();
    List<PixelMap> images = body.list("init_images", sent::pixels).orElse(List.of());
    Optional<SoftMask> mask =
        body.any("mask").map(m -> all.soft(SoftMask.of(sent.pixels("mask", m))));
    return images.stream()
        .map(image -> image.over(WHITE))
        .map(image -> mask.map(m -> all.masked(image, m)).orElseGet(() -> all.plain(image)))
        .toList();
  }

  private static boolean fill(JsonFields body) {
    int filling = body.integer("inpainting_fill", 0, 3).orElse(0);
    if (body.has("mask") && filling >= NOISE) {
      throw A1111Problem.unusable(
          "inpainting_fill "
              + filling
              + " is not supported: latents are not replaced by noise or nothing. Send 0 to fill"
              + " with surrounding colours, or 1 to begin with the picture itself.");
    }
    return filling == 0;
  }

  private SoftMask soft(SoftMask mask) {
    double both = body.number("mask_blur", 0, MOST_BLUR).orElse(-1);
    double across = both >= 0 ? both : body.number("mask_blur_x", 0, MOST_BLUR).orElse(4);
    double down = both >= 0 ? both : body.number("mask_blur_y", 0, MOST_BLUR).orElse(4);
    boolean inverted = body.integer("inpainting_mask_invert", 0, 1).orElse(0) == 1;
    return (inverted ? mask.inverted() : mask).blurred(across, down);
  }

  private PlacedInitImage plain(PixelMap image) {
    return new PlacedInitImage(
        InitImage.of(picture(mode.resized(image, width, height)), strength), Optional.empty());
  }

  private PlacedInitImage masked(PixelMap image, SoftMask mask) {
    if (!partAlone()) {
      return new PlacedInitImage(
          begun(mode.resized(image, width, height), mask.resized(mode, width, height)),
          Optional.empty());
    }
    SoftMask own = mask.resized(ResizeMode.STRETCH, image.width(), image.height());
    int padding = body.integer("inpaint_full_res_padding", 0, MOST_PADDING).orElse(0);
    Box box =
        own.bounds()
            .orElseThrow(
                () -> A1111Problem.unusable("mask is dark everywhere: nothing may change."))
            .padded(padding, image.width(), image.height())
            .proportioned(width, height, image.width(), image.height());
    PixelMap part = image.cropped(box.x(), box.y(), box.width(), box.height());
    InitImage begun =
        begun(
            ResizeMode.STRETCH.resized(part, width, height),
            own.within(box).resized(ResizeMode.STRETCH, width, height));
    return new PlacedInitImage(begun, Optional.of(new PlacedInitImage.Place(image, own, box)));
  }

  /** True if only the part around the mask is made, in the whole size; some clients send 0 or 1. */
  private boolean partAlone() {
    return body.any("inpaint_full_res")
        .filter(value -> value instanceof JsonPrimitive one && one.isNumber())
        .map(value -> body.integer("inpaint_full_res", 0, 1).orElse(1) == 1)
        .orElseGet(() -> body.flag("inpaint_full_res", true));
  }

  private InitImage begun(PixelMap image, SoftMask mask) {
    PixelMap filled = fill ? MaskFill.of(image, mask) : image;
    return InitImage.of(picture(filled), strength).within(mask.image());
  }

  private static Picture picture(PixelMap image) {
    return new Picture("init_images", "", image.width(), image.height(), image.planes());
  }
}
