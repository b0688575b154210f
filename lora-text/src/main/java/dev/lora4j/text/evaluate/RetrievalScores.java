package dev.lora4j.text.evaluate;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.data.MatchedText;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.encode.NearestVectors;
import dev.lora4j.text.pipeline.SentenceEncoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Scores of a search: for each query all documents are put in the order of their cosines, and the
 * places of those that belong to it count, as the {@code InformationRetrievalEvaluator} of
 * sentence-transformers 6.2 counts them. Each score is a mean over queries, from 0 to 1.
 *
 * @param queries number of queries
 * @param documents number of documents
 * @param accuracyAt1 share of queries whose nearest document belongs to them
 * @param accuracyAt10 share of queries of whose ten nearest documents one belongs to them
 * @param recallAt10 share of what belongs to a query that is among its ten nearest
 * @param mrrAt10 one divided by the place of the first that belongs, 0 beyond ten
 * @param ndcgAt10 normalised discounted cumulative gain of the ten nearest
 * @param mapAt100 mean average precision of the hundred nearest
 */
public record RetrievalScores(
    int queries,
    int documents,
    double accuracyAt1,
    double accuracyAt10,
    double recallAt10,
    double mrrAt10,
    double ndcgAt10,
    double mapAt100) {
  private static final int TEN = 10;
  private static final int HUNDRED = 100;

  /**
   * Scores an encoder on texts that belong together. All their positives and negatives are searched
   * for each anchor; texts that come twice count once.
   *
   * @param matches at least one
   * @param mix the adapters
   * @param listener receives the number of texts that are done, of {@link #texts}
   * @throws java.util.concurrent.CancellationException if the calling thread is interrupted
   */
  public static RetrievalScores of(
      SentenceEncoder model, List<MatchedText> matches, MixPlan mix, IntConsumer listener) {
    Distinct distinct = Distinct.of(matches);
    List<EncoderText> all = new ArrayList<>();
    distinct.queries.keySet().forEach(ids -> all.add(text(ids, mix)));
    distinct.documents.keySet().forEach(ids -> all.add(text(ids, mix)));
    List<float[]> vectors = model.encode(all, listener);
    int queries = distinct.queries.size();
    return of(
        vectors.subList(0, queries),
        vectors.subList(queries, vectors.size()),
        List.copyOf(distinct.queries.values()));
  }

  /** Number of texts that are encoded to score matches. */
  public static int texts(List<MatchedText> matches) {
    Distinct distinct = Distinct.of(matches);
    return distinct.queries.size() + distinct.documents.size();
  }

  private static EncoderText text(List<Integer> ids, MixPlan mix) {
    return EncoderText.of(ids.stream().mapToInt(i -> i).toArray()).with(mix);
  }

  /**
   * Texts of matches, each once.
   *
   * @param queries numbers of the documents that belong to each anchor
   * @param documents their numbers
   */
  private record Distinct(
      Map<List<Integer>, Set<Integer>> queries, Map<List<Integer>, Integer> documents) {
    static Distinct of(List<MatchedText> matches) {
      Distinct all = new Distinct(new LinkedHashMap<>(), new LinkedHashMap<>());
      for (MatchedText match : matches) {
        int positive = all.number(match.positive());
        all.queries.computeIfAbsent(ids(match.anchor()), q -> new TreeSet<>()).add(positive);
        match.negatives().forEach(all::number);
      }
      return all;
    }

    private int number(TokenSequence document) {
      return documents.computeIfAbsent(ids(document), d -> documents.size());
    }

    private static List<Integer> ids(TokenSequence text) {
      return IntStream.of(text.ids()).boxed().toList();
    }
  }

  /**
   * Scores of vectors of any length.
   *
   * @param queries at least one
   * @param relevant numbers of the documents that belong to each query, at least one each
   */
  static RetrievalScores of(
      List<float[]> queries, List<float[]> documents, List<Set<Integer>> relevant) {
    NearestVectors searched = new NearestVectors(documents);
    Map<String, Double> sums = new HashMap<>();
    for (int q = 0; q < queries.size(); q++) {
      Set<Integer> wanted = relevant.get(q);
      List<NearestVectors.Found> nearest = searched.of(queries.get(q), HUNDRED);
      boolean[] belongs = new boolean[nearest.size()];
      for (int place = 0; place < belongs.length; place++) {
        belongs[place] = wanted.contains(nearest.get(place).number());
      }
      add(sums, belongs, wanted.size());
    }
    double count = queries.size();
    return new RetrievalScores(
        queries.size(),
        documents.size(),
        sums.getOrDefault("accuracy1", 0.0) / count,
        sums.getOrDefault("accuracy10", 0.0) / count,
        sums.getOrDefault("recall10", 0.0) / count,
        sums.getOrDefault("mrr10", 0.0) / count,
        sums.getOrDefault("ndcg10", 0.0) / count,
        sums.getOrDefault("map100", 0.0) / count);
  }

  private static void add(Map<String, Double> sums, boolean[] belongs, int wanted) {
    int found = 0;
    double gain = 0;
    double precision = 0;
    for (int place = 0; place < belongs.length; place++) {
      if (!belongs[place]) {
        continue;
      }
      found++;
      precision += (double) found / (place + 1);
      if (place < TEN) {
        gain += discount(place);
        sums.merge("recall10", 1.0 / wanted, Double::sum);
        if (found == 1) {
          sums.merge("accuracy10", 1.0, Double::sum);
          sums.merge("mrr10", 1.0 / (place + 1), Double::sum);
          sums.merge("accuracy1", place == 0 ? 1.0 : 0.0, Double::sum);
        }
      }
    }
    double ideal = IntStream.range(0, Math.min(TEN, wanted)).mapToDouble(p -> discount(p)).sum();
    sums.merge("ndcg10", gain / ideal, Double::sum);
    sums.merge("map100", precision / Math.min(HUNDRED, wanted), Double::sum);
  }

  private static double discount(int place) {
    return Math.log(2) / Math.log(place + 2.0);
  }
}
