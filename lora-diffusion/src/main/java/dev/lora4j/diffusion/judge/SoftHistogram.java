package dev.lora4j.diffusion.judge;

/**
 * Counts of values from 0 to a greatest one. A value is shared between the two bins it lies
 * between, so that a small change of a picture is a small change of its numbers; bins are narrower
 * near 0.
 */
final class SoftHistogram {
  private final float[] bins;
  private final double greatest;
  private int count;

  SoftHistogram(int bins, double greatest) {
    this.bins = new float[bins];
    this.greatest = greatest;
  }

  void add(double value) {
    double place = Math.sqrt(Math.max(0, Math.min(1, value / greatest))) * (bins.length - 1);
    int low = Math.min(bins.length - 2, (int) place);
    bins[low] += (float) (1 - (place - low));
    bins[low + 1] += (float) (place - low);
    count++;
  }

  /** Writes the roots of the shares; returns where the next may be written. */
  int write(float[] into, int from) {
    for (int i = 0; i < bins.length; i++) {
      into[from + i] = (float) Math.sqrt(bins[i] / Math.max(1, count));
    }
    return from + bins.length;
  }
}
