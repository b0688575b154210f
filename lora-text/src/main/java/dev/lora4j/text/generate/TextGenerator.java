package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** Writes what follows prompts, or outputs for them, as tokens. */
public record TextGenerator(TextPrograms programs) {
  /**
   * Generates sequences together, each to its own end.
   *
   * @param scope for what is needed on the way
   * @throws java.util.concurrent.CancellationException if the calling thread is interrupted
   * @throws ArithmeticException if the model's logits are not finite
   */
  public List<GeneratedTokens> generate(Scope scope, List<GenerationRequest> starts) {
    return generate(scope, starts, BeamSettings.NONE);
  }

  /**
   * {@link #generate(Scope, List)}, with a beam search for each request, of which the best
   * hypothesis counts. Listeners receive tokens at its end.
   *
   * @throws IllegalArgumentException if a request samples or asks for log-probabilities, and there
   *     are several beams
   */
  public List<GeneratedTokens> generate(
      Scope scope, List<GenerationRequest> starts, BeamSettings settings) {
    if (settings.beams() == 1) {
      return groups(scope, starts, 1);
    }
    starts.forEach(TextGenerator::requireNoChance);
    TreeMap<Integer, GeneratedTokens> grown = new TreeMap<>();
    AdaptedBatch.each(
        scope,
        programs,
        starts,
        batch -> {
          List<GeneratedTokens> some = search(batch, settings);
          for (int i = 0; i < some.size(); i++) {
            grown.put(batch.numbers().get(i), some.get(i));
          }
        });
    return List.copyOf(grown.values());
  }

  /**
   * Generates several sequences after each prompt, which is read once.
   *
   * @param scope for what is needed on the way
   * @param starts those of a prompt side by side, with its tokens and adapters
   * @param group how many each prompt has
   * @return one for each start
   * @throws java.util.concurrent.CancellationException if the calling thread is interrupted
   * @throws ArithmeticException if the model's logits are not finite
   */
  public List<GeneratedTokens> groups(Scope scope, List<GenerationRequest> starts, int group) {
    TreeMap<Integer, GeneratedTokens> grown = new TreeMap<>();
    List<GenerationRequest> prompts = new ArrayList<>();
    for (int i = 0; i < starts.size(); i += group) {
      prompts.add(starts.get(i));
    }
    AdaptedBatch.each(
        scope,
        programs,
        prompts,
        batch -> {
          Decoding decoding = programs.begin(batch, group);
          List<Sequence> rows = new ArrayList<>();
          for (int i = 0; i < batch.starts().size(); i++) {
            for (int g = 0; g < group; g++) {
              GenerationRequest start = starts.get(batch.numbers().get(i) * group + g);
              rows.add(new Sequence(start, decoding.begins().get(i)));
            }
          }
          new SampledGeneration(batch.scope(), decoding, rows).run();
          for (int row = 0; row < rows.size(); row++) {
            int number = batch.numbers().get(row / group) * group + row % group;
            grown.put(number, rows.get(row).generated());
          }
        });
    return List.copyOf(grown.values());
  }

  private static void requireNoChance(GenerationRequest start) {
    if (start.sampling().temperature() != 0) {
      throw new IllegalArgumentException(
          "Several beams are followed by the likeliest tokens, not by chance: set temperature to 0,"
              + " or num_beams to 1.");
    }
    if (start.logProbabilities().chosen()) {
      throw new IllegalArgumentException(
          "A beam search tells no log-probabilities: ask for none, or set num_beams to 1.");
    }
  }

  private List<GeneratedTokens> search(AdaptedBatch batch, BeamSettings settings) {
    List<GeneratedTokens> all = new ArrayList<>();
    List<BeamHypotheses> searches = beams(batch, settings);
    for (int i = 0; i < searches.size(); i++) {
      all.add(heard(batch.starts().get(i), searches.get(i).generated()));
    }
    return all;
  }

  /** Searches that came to their ends. */
  List<BeamHypotheses> beams(AdaptedBatch batch, BeamSettings settings) {
    Decoding decoding = programs.begin(batch, settings.beams());
    List<BeamHypotheses> searches = new ArrayList<>();
    for (int i = 0; i < batch.starts().size(); i++) {
      searches.add(new BeamHypotheses(batch.starts().get(i), decoding.begins().get(i), settings));
    }
    new BeamSearch(batch.scope(), decoding, searches, settings.beams()).run();
    return searches;
  }

  /** Cuts generated tokens where the listener of the request ends them. */
  private static GeneratedTokens heard(GenerationRequest start, GeneratedTokens grown) {
    int[] added = grown.added();
    for (int i = 0; i < added.length; i++) {
      if (start.listener().test(added[i])) {
        return new GeneratedTokens(Arrays.copyOf(added, i + 1), start.ends().contains(added[i]));
      }
    }
    return grown;
  }
}
