package dev.lora4j.studio.run;

import com.google.gson.JsonObject;
import java.util.Arrays;

/**
 * What the numbers of a training come to.
 *
 * @param step the last one; 0 before the first
 * @param loss of the last step
 * @param smoothed running mean of losses, as the command's line of progress shows it
 * @param validation the last one; NaN if there was none
 * @param best the least validation; NaN if there was none
 * @param bestStep its step
 * @param rate of the last step
 * @param secondsPerStep median of the newest steps; NaN if that is not known
 */
record LossSummary(
    int step,
    float loss,
    float smoothed,
    float validation,
    float best,
    int bestStep,
    float rate,
    float secondsPerStep) {
  /** Share of the newest loss in the running mean. */
  private static final float NEWEST = 0.1f;

  private static final int TIMED = 51;

  static LossSummary of(LossRows rows) {
    float smoothed = Float.NaN;
    float validation = Float.NaN;
    float best = Float.NaN;
    int bestStep = 0;
    for (int i = 0; i < rows.size(); i++) {
      float loss = rows.number(i, LossRows.LOSS);
      if (Float.isFinite(loss)) {
        smoothed = Float.isNaN(smoothed) ? loss : smoothed + NEWEST * (loss - smoothed);
      }
      float found = rows.number(i, LossRows.VALIDATION);
      if (Float.isFinite(found)) {
        validation = found;
        if (!(found >= best)) {
          best = found;
          bestStep = rows.step(i);
        }
      }
    }
    int last = rows.size() - 1;
    return new LossSummary(
        last < 0 ? 0 : rows.step(last),
        last < 0 ? Float.NaN : rows.number(last, LossRows.LOSS),
        smoothed,
        validation,
        best,
        bestStep,
        last < 0 ? Float.NaN : rows.number(last, LossRows.RATE),
        pace(rows));
  }

  /** The seconds begin at 0 where a training was gone on with; previews take some, too. */
  private static float pace(LossRows rows) {
    float[] times = new float[TIMED];
    int count = 0;
    for (int i = rows.size() - 1; i > 0 && count < TIMED; i--) {
      float time = rows.number(i, LossRows.SECONDS) - rows.number(i - 1, LossRows.SECONDS);
      int steps = rows.step(i) - rows.step(i - 1);
      if (time > 0) {
        times[count++] = time / steps;
      }
    }
    if (count == 0) {
      return Float.NaN;
    }
    Arrays.sort(times, 0, count);
    return times[count / 2];
  }

  /** Adds what is known. */
  void addTo(JsonObject json) {
    json.addProperty("step", step);
    add(json, "loss", loss);
    add(json, "smoothed", smoothed);
    add(json, "validation", validation);
    add(json, "rate", rate);
    add(json, "secondsPerStep", secondsPerStep);
    if (Float.isFinite(best)) {
      JsonObject least = new JsonObject();
      least.addProperty("step", bestStep);
      least.addProperty("validation", best);
      json.add("best", least);
    }
  }

  private static void add(JsonObject json, String name, float value) {
    if (Float.isFinite(value)) {
      json.addProperty(name, value);
    }
  }
}
