package dev.lora4j.text.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The sequences that are followed from one start, as transformers' beam search follows them. Scores
 * are F32, as there, since which of two sequences is the better one may hang on that.
 */
final class BeamHypotheses {
  /** The score of what must not be chosen. */
  private static final float NEVER = -1e9f;

  /**
   * A sequence.
   *
   * @param tokens with what it began with
   * @param score sum of logarithms of probabilities; of one that ended, after the length penalty
   * @param row of the beams that it came from
   * @param ended whether it ended, by a token or as it is as long as it may be
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Beam(int[] tokens, float score, int row, boolean ended) {
    Beam scored(float other) {
      return new Beam(tokens, other, row, ended);
    }

    int last() {
      return tokens[tokens.length - 1];
    }
  }

  private final GenerationRequest start;
  private final BeamSettings settings;
  private final int begun;
  private List<Beam> running;
  private List<Beam> finished;
  private boolean improvable = true;
  private boolean allEnded;

  BeamHypotheses(GenerationRequest start, int[] begin, BeamSettings settings) {
    this.start = start;
    this.settings = settings;
    begun = begin.length;
    // All beams but one are out of the question, so that not all follow the same sequence.
    running =
        new ArrayList<>(Collections.nCopies(settings.beams(), new Beam(begin, NEVER, 0, false)));
    finished = List.copyOf(running);
    running.set(0, running.get(0).scored(0));
  }

  /** Running beams; the first is the likeliest. */
  List<Beam> running() {
    return running;
  }

  /** Number of tokens of the running beams. */
  int length() {
    return running.get(0).tokens().length;
  }

  /** The best that ended. */
  Beam best() {
    return finished.get(0);
  }

  /** Generated tokens of the best hypothesis, and whether an end token came. */
  GeneratedTokens generated() {
    int[] tokens = best().tokens();
    int[] added = Arrays.copyOfRange(tokens, begun, tokens.length);
    return new GeneratedTokens(added, added.length > 0 && start.ends().contains(best().last()));
  }

  /** True if the search is over. */
  boolean done() {
    return !improvable || full() || allEnded;
  }

  private boolean full() {
    return settings.stopping() == BeamSettings.Stopping.EARLY && allFinished();
  }

  private boolean allFinished() {
    return finished.stream().allMatch(Beam::ended);
  }

  /**
   * One more token.
   *
   * @param logits of each beam: [beams, vocabulary], row by row
   * @throws ArithmeticException if they are not finite
   */
  void step(float[] logits) {
    List<Beam> likeliest = likeliest(logits);
    allEnded = likeliest.stream().allMatch(Beam::ended);
    int beams = settings.beams();
    running =
        sorted(likeliest.stream().map(b -> b.ended() ? b.scored(b.score() + NEVER) : b)).stream()
            .limit(beams)
            .map(b -> new Beam(b.tokens(), b.score(), b.row(), false))
            .toList();
    Stream<Beam> ended =
        likeliest.stream()
            .limit(beams)
            .filter(Beam::ended)
            .map(b -> b.scored((float) (b.score() / power(b.tokens().length - begun))));
    finished = sorted(Stream.concat(finished.stream(), ended)).stream().limit(beams).toList();
    improvable = better();
  }

  private double power(int tokens) {
    return Math.pow(tokens, settings.lengthPenalty());
  }

  /** True if a running beam may still beat the worst that ended. */
  private boolean better() {
    double worst =
        allFinished() ? finished.stream().mapToDouble(Beam::score).min().orElse(NEVER) : NEVER;
    return possible() > worst;
  }

  private double possible() {
    boolean longest =
        settings.stopping() == BeamSettings.Stopping.NEVER && settings.lengthPenalty() > 0;
    return (float)
        (running.get(0).score() / power(longest ? start.maxNewTokens() : length() - begun));
  }

  /** Sorts by score, the greatest first; of equal ones the first comes first. */
  private static List<Beam> sorted(Stream<Beam> beams) {
    return beams.sorted(Comparator.comparingDouble(b -> -b.score())).toList();
  }

  /**
   * Likeliest continuations: as many that at least the number of beams can go on, whatever ends.
   */
  private List<Beam> likeliest(float[] logits) {
    int words = logits.length / settings.beams();
    float[] scores = new float[logits.length];
    for (int row = 0; row < settings.beams(); row++) {
      float[] own = Arrays.copyOfRange(logits, row * words, (row + 1) * words);
      Beam beam = running.get(row);
      TokenSampler.logProbabilities(own);
      TokenSampler.penalise(own, beam.tokens(), start.sampling().repetitionPenalty());
      start.withheld().apply(own, length() - begun);
      for (int word = 0; word < words; word++) {
        scores[row * words + word] = own[word] + beam.score();
      }
    }
    int keep = Math.min(scores.length, Math.max(2, 1 + start.ends().size()) * settings.beams());
    return IntStream.of(greatest(scores, keep))
        .mapToObj(i -> longer(i / words, i % words, scores[i]))
        .toList();
  }

  /** Indices of the greatest scores, from the greatest on; of equal ones the first comes first. */
  static int[] greatest(float[] scores, int count) {
    int[] best = new int[count];
    int found = 0;
    for (int i = 0; i < scores.length && count > 0; i++) {
      if (found < count || scores[i] > scores[best[found - 1]]) {
        int at = found < count ? found++ : count - 1;
        for (; at > 0 && scores[i] > scores[best[at - 1]]; at--) {
          best[at] = best[at - 1];
        }
        best[at] = i;
      }
    }
    return best;
  }

  private Beam longer(int row, int token, float score) {
    int[] before = running.get(row).tokens();
    int[] tokens = Arrays.copyOf(before, before.length + 1);
    tokens[before.length] = token;
    boolean ended = start.ends().contains(token) || tokens.length == begun + start.maxNewTokens();
    return new Beam(tokens, score, row, ended);
  }
}
