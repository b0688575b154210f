package dev.lora4j.emoji;

import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.dataset.Atlas;
import dev.lora4j.diffusion.dataset.Atlas.Concept;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.train.TextToImageTrainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Data of the denoiser: latents, and captions in many wordings. */
record CaptionedLatents(
    List<float[]> rows, List<Concept> concepts, List<String> styles, CaptionWordings captions)
    implements TextToImageTrainer.Samples {

  /**
   * Joins latents with what their pictures show.
   *
   * @param unscaled one row for each picture
   */
  static CaptionedLatents of(
      Path data,
      List<Picture> pictures,
      List<float[]> unscaled,
      double scale,
      CaptionWordings captions)
      throws IOException {
    Map<Integer, Concept> known = new HashMap<>();
    Atlas.concepts(data).forEach(c -> known.put(c.index(), c));
    List<Concept> concepts = new ArrayList<>();
    List<String> styles = new ArrayList<>();
    for (Picture picture : pictures) {
      // Pictures of an atlas are named style/index.
      String[] parts = picture.name().split("/", 2);
      styles.add(parts[0]);
      concepts.add(Optional.ofNullable(known.get(Integer.parseInt(parts[1]))).orElseThrow());
    }
    List<float[]> rows = unscaled.stream().map(row -> scaled(row, scale)).toList();
    return new CaptionedLatents(rows, concepts, styles, captions);
  }

  private static float[] scaled(float[] row, double scale) {
    float[] scaled = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      scaled[i] = (float) (row[i] * scale);
    }
    return scaled;
  }

  @Override
  public int size() {
    return rows.size();
  }

  @Override
  public float[] latents(int index) {
    return rows.get(index);
  }

  @Override
  public int end(int[] ids) {
    return captions.end(ids);
  }

  @Override
  public int[] caption(int index, SeededNoise noise) {
    return captions.ids(concepts.get(index), styles.get(index), noise);
  }
}
