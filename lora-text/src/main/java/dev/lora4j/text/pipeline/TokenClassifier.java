package dev.lora4j.text.pipeline;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TaggedText;
import dev.lora4j.text.data.TaggedTexts;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.encode.EncoderOutput;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.model.ClassifierHead;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.model.TextModelOutline;
import dev.lora4j.text.network.EncoderNetwork;
import dev.lora4j.text.token.TextTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Pipeline of a model that tells the class of each word of a text, such as names of persons and
 * places: an encoder or a decoder with a head for tokens, of which the first of a word counts.
 *
 * <p>Several threads may use it at once. Whoever opens it closes it.
 */
public final class TokenClassifier implements AutoCloseable {
  /** Words with what joins their parts, and single marks. */
  private static final Pattern WORD =
      Pattern.compile("[\\p{L}\\p{N}\\p{M}]+(?:['’.-][\\p{L}\\p{N}\\p{M}]+)*|\\S");

  private final TextClassifier model;

  private TokenClassifier(TextClassifier model) {
    this.model = model;
  }

  /** Loads a folder in the layout of transformers, to compute in F32, with the head it has. */
  public static TokenClassifier open(Lora4j lora, Path folder) {
    return open(lora, folder, List.of());
  }

  /**
   * Loads a folder in the layout of transformers, to compute in F32, with a head for these classes.
   *
   * @param tags names of the classes, such as {@link AdapterClasses#of} finds
   */
  public static TokenClassifier open(Lora4j lora, Path folder, List<String> tags) {
    return open(
        lora.engine().scope("token classifier"), folder, TextLoadOptions.in(DType.F32), tags, 0);
  }

  /**
   * Loads a folder in the layout of transformers. What the folder has not got of the head starts
   * from chance, until an adapter brings it or it is trained.
   *
   * @param scope owner of the model, which is closed with it
   * @param options precision and context
   * @param tags names of the classes; none for the head that the folder has
   * @param seed of chance, from which a new head starts
   * @throws dev.lora4j.core.model.ModelException if it is no such model, or not whole
   * @throws IllegalArgumentException if no classes are given and the folder has no such head
   */
  public static TokenClassifier open(
      Scope scope, Path folder, TextLoadOptions options, List<String> tags, long seed) {
    try {
      List<String> own = TextModelOutline.tags(folder);
      if (tags.isEmpty() && own.isEmpty()) {
        throw new IllegalArgumentException(
            folder
                + " was saved without a head that tells classes of words; load it with the classes"
                + " that an adapter or texts have.");
      }
      List<String> wanted = tags.isEmpty() ? own : tags;
      return new TokenClassifier(
          TextClassifier.open(
              scope, folder, options, wanted, new ClassifierHead(wanted.size(), seed, true)));
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  /** Words of a text and its marks, each by itself, as data with classes of words have them. */
  public static List<String> words(String text) {
    return WORD.matcher(text).results().map(MatchResult::group).toList();
  }

  /** The loaded base. */
  public TextModel base() {
    return model.base();
  }

  /** The network. */
  public EncoderNetwork network() {
    return model.network();
  }

  /** Names of the classes in the order of their numbers. */
  public List<String> tags() {
    return model.labels();
  }

  /** Tokeniser of the texts. */
  public TextTokenizer tokenizer() {
    return model.tokenizer();
  }

  /** Owner of the model's memory. */
  public Scope scope() {
    return model.scope();
  }

  /**
   * Reads an adapter for this base.
   *
   * @throws dev.lora4j.core.adapter.AdapterException with the account of its keys, if it cannot be
   *     used whole
   */
  public Adapter adapter(Path path) {
    return model.adapter(path);
  }

  /** Reads an adapter for this base, with the account of its keys. */
  public LoadedAdapter loadAdapter(Path path, ReadOptions options) {
    return model.loadAdapter(path, options);
  }

  /**
   * The examples of a data set of words with classes as tokens.
   *
   * @throws IllegalArgumentException if they are of another form
   * @throws dev.lora4j.text.data.TextDataException with all examples that cannot be used
   */
  public TaggedTexts texts(TextDataSet data, SequenceLimits limits) {
    return TaggedTexts.of(data, model.tokenizer(), tags(), limits);
  }

  /**
   * The classes of words, each text with the same adapters.
   *
   * @param texts the words of each; what is more than the model reads is cut off
   */
  public List<List<TaggedWord>> tag(List<List<String>> texts, MixPlan mix) {
    SequenceLimits limits =
        new SequenceLimits(network().longest(), SequenceLimits.Longer.CUT, false);
    List<TaggedText> read =
        texts.stream().map(t -> TaggedTexts.untagged(t, model.tokenizer(), limits)).toList();
    List<List<ClassProbabilities>> found = probabilities(read, mix, done -> {});
    List<List<TaggedWord>> all = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      List<TaggedWord> words = new ArrayList<>();
      int counted = 0;
      for (int word = 0; word < texts.get(i).size(); word++) {
        if (read.get(i).firsts().get(word) < 0) {
          words.add(new TaggedWord(texts.get(i).get(word), "", 0));
        } else {
          ClassProbabilities one = found.get(i).get(counted++);
          words.add(new TaggedWord(texts.get(i).get(word), one.label(), one.probability()));
        }
      }
      all.add(words);
    }
    return all;
  }

  /**
   * Probabilities of the classes of each word that has a token, of each text.
   *
   * @param listener receives the number of texts that are done
   * @throws java.util.concurrent.CancellationException if the calling thread is interrupted
   */
  public List<List<ClassProbabilities>> probabilities(
      List<TaggedText> texts, MixPlan mix, IntConsumer listener) {
    List<EncoderText> encoded =
        texts.stream().map(t -> EncoderText.of(t.text().ids()).with(mix)).toList();
    List<float[]> logits = model.encoded(EncoderOutput.TAGS, encoded, listener);
    int classes = tags().size();
    List<List<ClassProbabilities>> all = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      float[] own = logits.get(i);
      all.add(
          texts.get(i).firsts().stream()
              .filter(place -> place >= 0)
              .map(place -> Arrays.copyOfRange(own, place * classes, (place + 1) * classes))
              .map(values -> ClassProbabilities.of(tags(), values))
              .toList());
    }
    return all;
  }

  @Override
  public void close() {
    model.close();
  }
}
