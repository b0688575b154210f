package dev.lora4j.server.openai;

import com.google.gson.JsonElement;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import dev.lora4j.diffusion.dataset.image.PictureHeader;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.ReferenceImage;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The field {@code reference_images}: pictures that the denoiser sees beside the one that it makes,
 * each the base64 of a file, with or without {@code data:image/png;base64,}.
 *
 * @param images in their order
 */
record ReferenceFields(List<BufferedImage> images) {
  /** Most pixels of all of them: a small file may declare any size. */
  private static final long MOST = 4096L * 4096;

  private static final String FIELD = "reference_images";
  private static final String MARK = ";base64,";
  private static final int WHITE = 0xffffff;

  ReferenceFields {
    images = List.copyOf(images);
  }

  /**
   * Reads them; none if there is no such field.
   *
   * @throws FieldException if one is no picture that can be used
   */
  static ReferenceFields of(JsonFields body) {
    List<PictureFile> files = body.list(FIELD, ReferenceFields::file).orElse(List.of());
    List<BufferedImage> images = new ArrayList<>();
    long pixels = 0;
    for (int i = 0; i < files.size(); i++) {
      String path = body.path(FIELD) + "[" + i + "]";
      try {
        PictureHeader header = files.get(i).header();
        pixels += (long) header.width() * header.height();
        if (pixels > MOST) {
          throw new FieldException(
              path,
              path + ": reference pictures may have " + MOST + " pixels together; send less.");
        }
        images.add(files.get(i).decodeAnySize().over(WHITE).image());
      } catch (PictureFileException e) {
        throw new FieldException(path, path + " " + e.sentence());
      }
    }
    return new ReferenceFields(images);
  }

  private static PictureFile file(String path, JsonElement value) {
    String text = JsonFields.text(path, value).strip();
    if (text.startsWith("data:") && text.contains(MARK)) {
      text = text.substring(text.indexOf(MARK) + MARK.length());
    }
    try {
      return PictureFile.of(Base64.getMimeDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw new FieldException(
          path, path + " must be a picture as base64, as addresses are not fetched: " + e);
    }
  }

  /**
   * A prompt with the pictures, in sizes that the base can divide. One that names no size gets that
   * of the first.
   *
   * @throws FieldException if the base takes none, or not so many
   */
  Prompt beside(Prompt prompt, DiffusionModel base) {
    if (images.isEmpty()) {
      return prompt;
    }
    int most = base.denoiser().mostReferences();
    if (images.size() > most) {
      throw new FieldException(
          FIELD,
          FIELD
              + (most == 0
                  ? ": this base takes no reference pictures, as FLUX.1 Kontext and FLUX.2 do."
                  : ": this base takes at most " + most + ", found " + images.size() + "."));
    }
    int side = base.sampleSize() * base.vae().scale();
    List<ReferenceImage> all = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      String name = FIELD + "[" + i + "]";
      all.add(ReferenceImage.fitted(name, images.get(i), base.sizeUnit(), side));
    }
    Picture first = all.get(0).picture();
    Prompt beside = prompt.references(all);
    return prompt.width() == 0 && prompt.height() == 0
        ? beside.size(first.width(), first.height())
        : beside;
  }
}
