package dev.lora4j.spark;

/**
 * Where the time of a training's steps went, without the first of this program, in which machines
 * open the base and compile.
 *
 * @param steps how many
 * @param seconds from asking for gradients to having their sum, of all steps together
 * @param computing of these, what the slowest part of each step took to compute
 */
public record StepTimes(long steps, double seconds, double computing) {
  /**
   * Share of the time that was not computing: sending, scheduling, adding, and waiting for both.
   */
  public double overhead() {
    return seconds == 0 ? 0 : 1 - computing / seconds;
  }

  StepTimes with(double more, double moreComputing) {
    return new StepTimes(steps + 1, seconds + more, computing + moreComputing);
  }
}
