package dev.lora4j.diffusion.train.objective;

/** Noise that is constant over each channel of a sample (Guttenberg 2023). */
final class OffsetNoise {
  private OffsetNoise() {}

  /**
   * Adds it.
   *
   * @param noise [channels, places], changed
   * @param latents of the same shape
   * @param offset its share
   * @param adaptive more share for each unit of the absolute mean of the channel's latents
   * @param numbers standard normal, one for each channel
   */
  static void add(float[] noise, float[] latents, double offset, double adaptive, float[] numbers) {
    int places = noise.length / numbers.length;
    for (int c = 0; c < numbers.length; c++) {
      double sum = 0;
      for (int i = 0; i < places; i++) {
        sum += latents[c * places + i];
      }
      double share = Math.max(0, offset + adaptive * Math.abs(sum / places));
      for (int i = 0; i < places; i++) {
        noise[c * places + i] += (float) (share * numbers[c]);
      }
    }
  }
}
