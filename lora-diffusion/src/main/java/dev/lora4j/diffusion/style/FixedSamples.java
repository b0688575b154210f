package dev.lora4j.diffusion.style;

import java.util.List;
import java.util.Map;

/** The same pictures in each batch, and none held out. */
record FixedSamples(List<TrainingSample> samples) implements SampleSource {
  @Override
  public List<TrainingSample> batch(long number) {
    return samples;
  }

  @Override
  public List<TrainingSample> validation() {
    return List.of();
  }

  @Override
  public int references() {
    return samples.isEmpty() ? 0 : samples.get(0).references().size();
  }

  @Override
  public Epoch epoch() {
    return new Epoch(samples.size(), 0, 1);
  }

  @Override
  public Map<String, String> metadata() {
    return Map.of();
  }
}
