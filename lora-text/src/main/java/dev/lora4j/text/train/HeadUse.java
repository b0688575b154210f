package dev.lora4j.text.train;

import dev.lora4j.core.train.run.Staging;
import dev.lora4j.text.evaluate.HeadSites;
import dev.lora4j.text.network.HeadChunks;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.Set;

/**
 * Use of a model's head by the steps of a run.
 *
 * @param places the most that a batch asks for
 */
record HeadUse(LanguageModel model, long places) {
  /**
   * Chunks in which a program computes the head. A head that is trained, or whose gradient is
   * looked at, is computed at once.
   */
  HeadChunks chunks(Staging at) {
    boolean watched = at.purpose() == Staging.Purpose.CALIBRATION;
    if (watched || trained(at)) {
      return HeadChunks.WHOLE;
    }
    HeadChunks chunks = HeadChunks.of(model.network().vocabulary(), places);
    return at.purpose() == Staging.Purpose.VALIDATION ? chunks.frozen() : chunks;
  }

  private boolean trained(Staging at) {
    Set<String> head = HeadSites.of(model);
    return at.plan().sites().keySet().stream().anyMatch(site -> head.contains(site.name()));
  }
}
