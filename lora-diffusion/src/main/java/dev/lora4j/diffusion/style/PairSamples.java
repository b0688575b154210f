package dev.lora4j.diffusion.style;

import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * Draws of pairs: the better pictures of a batch, then the worse ones in the same order, with the
 * same captions.
 *
 * @param better samples that are numbered and drawn as the worse ones are
 */
record PairSamples(SampleSource better, SampleSource worse) implements SampleSource {
  @Override
  public List<TrainingSample> batch(long number) {
    return both(better.batch(number), worse.batch(number));
  }

  @Override
  public List<TrainingSample> validation() {
    return both(better.validation(), worse.validation());
  }

  private static List<TrainingSample> both(List<TrainingSample> good, List<TrainingSample> bad) {
    return Stream.concat(good.stream(), bad.stream()).toList();
  }

  @Override
  public int pictures() {
    return better.pictures() + worse.pictures();
  }

  @Override
  public void encode(EncodingShare share, IntConsumer done) {
    int[] good = {0};
    better.encode(
        share,
        count -> {
          good[0] = count;
          done.accept(count);
        });
    worse.encode(share, count -> done.accept(good[0] + count));
  }

  @Override
  public Stream<String> captions(EncodingShare share) {
    return Stream.concat(better.captions(share), worse.captions(share));
  }

  @Override
  public int parts() {
    return 2;
  }

  @Override
  public Epoch epoch() {
    return better.epoch();
  }

  @Override
  public Map<String, String> metadata() {
    return better.metadata();
  }
}
