package dev.lora4j.diffusion.style;

import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.ModelSpecKeys;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.slider.SliderPrompts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Pictures for a slider: their captions are its target prompts, one drawn for each sample. */
final class SliderPictures implements SampleSource {
  /** Purpose of random numbers, as the last counter of their key. */
  private static final int PROMPT = 21;

  private final SampleSource pictures;
  private final List<SliderPrompts> prompts;
  private final long seed;

  SliderPictures(SampleSource pictures, List<SliderPrompts> prompts, long seed) {
    this.pictures = pictures;
    this.prompts = List.copyOf(prompts);
    this.seed = seed;
  }

  @Override
  public List<TrainingSample> batch(long number) {
    List<TrainingSample> own = pictures.batch(number);
    List<TrainingSample> captioned = new ArrayList<>();
    for (int i = 0; i < own.size(); i++) {
      long sample = StyleTask.number(number, i);
      int drawn = SeededNoise.of(seed, sample, PROMPT).index(prompts.size());
      captioned.add(own.get(i).captioned(prompts.get(drawn).target()));
    }
    return captioned;
  }

  @Override
  public List<TrainingSample> validation() {
    List<TrainingSample> own = pictures.validation();
    List<TrainingSample> captioned = new ArrayList<>();
    for (int i = 0; i < own.size(); i++) {
      captioned.add(own.get(i).captioned(prompts.get(i % prompts.size()).target()));
    }
    return captioned;
  }

  @Override
  public Epoch epoch() {
    return pictures.epoch();
  }

  /** That of the pictures, without what is of their captions. */
  @Override
  public Map<String, String> metadata() {
    Map<String, String> own = new TreeMap<>(pictures.metadata());
    own.remove(KohyaKeys.TAG_FREQUENCY.name());
    own.remove(ModelSpecKeys.TRIGGER_PHRASE.name());
    return own;
  }
}
