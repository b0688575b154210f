package dev.lora4j.core.train.log;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A training run that begins or resumes.
 *
 * @param name of the trained adapter
 * @param folder of the run, which is there
 * @param step after which it resumes; 0 for a run that begins. Later steps that a tracker has are
 *     reported again
 * @param settings of the run by key, as people write them
 */
public record RunStart(String name, Path folder, int step, Map<String, String> settings) {
  /** Copies the settings, in their order. */
  public RunStart {
    if (step < 0) {
      throw new IllegalArgumentException("A run begins after step 0 or a later one, found " + step);
    }
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }
}
