package dev.lora4j.text.pipeline;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.chat.ChatTemplate;
import dev.lora4j.text.data.JudgedCompletions;
import dev.lora4j.text.data.PreferencePairs;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.data.TokenSequences;
import dev.lora4j.text.generate.BeamSettings;
import dev.lora4j.text.generate.CacheLimits;
import dev.lora4j.text.generate.GeneratedTokens;
import dev.lora4j.text.generate.GenerationRequest;
import dev.lora4j.text.generate.TextGenerator;
import dev.lora4j.text.generate.TextPrograms;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.token.TextTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Pipeline of a causal or sequence-to-sequence language model: a loaded base with its tokeniser,
 * and its programs.
 *
 * <p>Several threads may use it at once. Whoever loads it closes it.
 */
public final class LanguageModel implements AutoCloseable {
  private final Scope scope;
  private final TextModel base;
  private final TextTokenizer tokenizer;
  private final Optional<ChatTemplate> template;
  private final TextPrograms programs;

  private LanguageModel(Scope scope, Path folder, TextLoadOptions options, boolean features) {
    this.scope = scope;
    base = TextModel.load(scope, folder, options);
    if (features == tokens(base.network())) {
      throw new ModelException(
          folder
              + (features
                  ? " reads texts, and no features of something else."
                  : " reads no texts: its encoder takes features of something else, such as"
                      + " recordings. For speech there is 'speech'."));
    }
    programs =
        TextPrograms.of(scope, base)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        folder
                            + " is an encoder, or was saved with a head for classes; it does not go"
                            + " on from texts."));
    try {
      tokenizer = scope.own(TextTokenizer.load(folder));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read the tokenizer in " + folder + ": " + RegularFile.trouble(e) + ".", e);
    }
    tokenizer.requireFits(network().vocabulary());
    template = ChatTemplate.of(tokenizer);
  }

  /** Loads a folder in the layout of transformers, to compute in F32. */
  public static LanguageModel open(Lora4j lora, Path folder) {
    return open(lora, folder, DType.F32);
  }

  /**
   * Loads a folder in the layout of transformers.
   *
   * @param compute F32, or BF16 where the processor or card is fast at it
   * @throws dev.lora4j.core.model.ModelException if it is no such model, or not whole, with all
   *     that is missing or does not fit
   */
  public static LanguageModel open(Lora4j lora, Path folder, DType compute) {
    return open(lora, folder, TextLoadOptions.in(compute));
  }

  /**
   * Loads a folder in the layout of transformers, or a GGUF file.
   *
   * @param options precision and context
   * @throws dev.lora4j.core.model.ModelException as above
   */
  public static LanguageModel open(Lora4j lora, Path folder, TextLoadOptions options) {
    return open(lora.engine().scope("language model"), folder, options);
  }

  /**
   * Loads a folder in the layout of transformers.
   *
   * @param scope owner of the model, which is closed with it
   */
  public static LanguageModel open(Scope scope, Path folder, DType compute) {
    return open(scope, folder, TextLoadOptions.in(compute));
  }

  /**
   * Loads a folder in the layout of transformers, or a GGUF file.
   *
   * @param scope owner of the model, which is closed with it
   */
  public static LanguageModel open(Scope scope, Path folder, TextLoadOptions options) {
    return open(scope, folder, options, false);
  }

  /**
   * Loads a model whose encoder reads {@linkplain dev.lora4j.text.network.EncoderFeatures features}
   * in place of tokens. It takes no {@link TextPrompt}; its requests are those of {@link
   * TextGenerator}.
   *
   * @param scope owner of the model, which is closed with it
   * @throws ModelException also if its encoder reads tokens, or it has none
   */
  public static LanguageModel openForFeatures(Scope scope, Path folder, TextLoadOptions options) {
    return open(scope, folder, options, true);
  }

  private static boolean tokens(LanguageNetwork network) {
    return !(network instanceof Seq2SeqNetwork both) || both.input().tokens();
  }

  private static LanguageModel open(
      Scope scope, Path folder, TextLoadOptions options, boolean features) {
    try {
      return new LanguageModel(scope, folder, options, features);
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  /** The loaded base. */
  public TextModel base() {
    return base;
  }

  /** The network. */
  public LanguageNetwork network() {
    return base.network();
  }

  /** Tokeniser of the texts. */
  public TextTokenizer tokenizer() {
    return tokenizer;
  }

  /** Chat template, if the model comes with one. */
  public Optional<ChatTemplate> template() {
    return template;
  }

  /** The compiled programs. */
  public TextPrograms programs() {
    return programs;
  }

  /**
   * The examples of a data set as tokens.
   *
   * @throws IllegalArgumentException if they are of a form that this kind of model does not learn
   * @throws dev.lora4j.text.data.TextDataException with all examples that cannot be used
   */
  public TokenSequences sequences(TextDataSet data, SequenceLimits limits) {
    boolean pairs = network() instanceof Seq2SeqNetwork;
    if (data.form() == TextForm.PREFERENCE) {
      throw new IllegalArgumentException(
          "The data is of the form "
              + data.form()
              + ": which of two completions is better. Learn it by text align, or give lines with "
              + (pairs ? TextForm.PAIR : TextForm.COMPLETION)
              + ".");
    }
    if (data.form() == TextForm.JUDGED) {
      throw new IllegalArgumentException(
          "The data is of the form "
              + data.form()
              + ": which completions are good. Learn it by text align kto, or give lines with "
              + TextForm.COMPLETION
              + ".");
    }
    if (data.form() == TextForm.MATCH || data.form() == TextForm.TAGGED) {
      throw new IllegalArgumentException(
          "The data is of the form "
              + data.form()
              + (data.form() == TextForm.MATCH
                  ? ": which texts belong together. A sentence encoder learns that; "
                  : ": classes of words. A model with a head for them learns that; ")
              + base.path()
              + " writes texts.");
    }
    boolean fits = pairs == (data.form() == TextForm.PAIR) && data.form() != TextForm.LABELLED;
    if (!fits) {
      throw new IllegalArgumentException(
          "The data is of the form "
              + data.form()
              + ", but "
              + base.path()
              + (pairs
                  ? " reads an input and writes an output: give it lines with "
                      + TextForm.PAIR
                      + "."
                  : " goes on from texts: give it lines with "
                      + TextForm.TEXT
                      + ", "
                      + TextForm.COMPLETION
                      + " or "
                      + TextForm.CHAT
                      + "."));
    }
    return template
        .map(how -> TokenSequences.of(data, tokenizer, how, limits))
        .orElseGet(() -> TokenSequences.of(data, tokenizer, limits));
  }

  /**
   * The preferences of a data set as tokens.
   *
   * @throws IllegalArgumentException if they are of another form
   * @throws dev.lora4j.text.data.TextDataException with all examples that cannot be used
   */
  public PreferencePairs preferences(TextDataSet data, SequenceLimits limits) {
    boolean outputs = network() instanceof Seq2SeqNetwork;
    return template
        .map(how -> PreferencePairs.of(data, tokenizer, how, limits, outputs))
        .orElseGet(() -> PreferencePairs.of(data, tokenizer, limits, outputs));
  }

  /**
   * The judged completions of a data set as tokens.
   *
   * @throws IllegalArgumentException if they are of another form
   * @throws dev.lora4j.text.data.TextDataException with all examples that cannot be used
   */
  public JudgedCompletions judgements(TextDataSet data, SequenceLimits limits) {
    return template
        .map(how -> JudgedCompletions.of(data, tokenizer, how, limits))
        .orElseGet(() -> JudgedCompletions.of(data, tokenizer, limits));
  }

  /** Owner of the model's memory. */
  public Scope scope() {
    return scope;
  }

  /**
   * Reads an adapter for this base.
   *
   * @throws dev.lora4j.core.adapter.AdapterException with the account of its keys, if it cannot be
   *     used whole
   */
  public Adapter adapter(Path path) {
    return loadAdapter(path, ReadOptions.STRICT).adapter();
  }

  /** Reads an adapter for this base, with the account of its keys. */
  public LoadedAdapter loadAdapter(Path path, ReadOptions options) {
    return AdapterFiles.read(path, base.family(), options);
  }

  /** Generates the completion of a prompt. */
  public Completion generate(TextPrompt prompt) {
    return generate(List.of(prompt), TextListener.NONE).get(0);
  }

  /**
   * Generates completions of several prompts at once, each with its own length, settings and
   * adapters; a model with an encoder generates outputs for them.
   *
   * @param listener receives the texts as they come
   * @throws IllegalArgumentException if a prompt is empty, or leaves no room in the model's longest
   *     sequence
   * @throws java.util.concurrent.CancellationException if the calling thread is interrupted
   */
  public List<Completion> generate(List<TextPrompt> prompts, TextListener listener) {
    return generate(prompts, BeamSettings.NONE, listener);
  }

  /**
   * {@link #generate(List, TextListener)} by beam search; listeners receive whole texts.
   *
   * @throws IllegalArgumentException also if there are several beams, and a prompt samples
   */
  public List<Completion> generate(
      List<TextPrompt> prompts, BeamSettings beams, TextListener listener) {
    List<PromptedText> texts = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      int number = i;
      texts.add(PromptedText.of(this, prompts.get(i), piece -> listener.text(number, piece)));
    }
    List<GenerationRequest> starts = texts.stream().map(PromptedText::request).toList();
    List<GeneratedTokens> grown;
    try (Scope work = scope.child("generate")) {
      grown = new TextGenerator(programs).generate(work, starts, beams);
    }
    List<Completion> done = new ArrayList<>();
    for (int i = 0; i < grown.size(); i++) {
      done.add(texts.get(i).completion(grown.get(i), Completion.Ending.LENGTH));
    }
    return done;
  }

  /**
   * Opens a session, in which prompts join and leave between two tokens.
   *
   * @throws IllegalArgumentException if the model has an encoder
   */
  public TextSession session(CacheLimits limits) {
    return new TextSession(this, limits);
  }

  /**
   * The prompt itself; or, if it is a conversation and the model has no chat template, its messages
   * one after the other as a text.
   */
  public TextPrompt readable(TextPrompt prompt) {
    if (prompt.messages().isEmpty() || template.isPresent()) {
      return prompt;
    }
    return prompt.text(
        prompt.messages().stream().map(ChatMessage::content).collect(Collectors.joining("\n")));
  }

  /** The tokens that those which are added follow. */
  int[] before(int[] prompt) {
    return network() instanceof Seq2SeqNetwork ? new int[0] : prompt;
  }

  /**
   * The tokens of a prompt.
   *
   * @throws IllegalArgumentException if it has none, or leaves no room in the model's longest
   *     sequence
   */
  public int[] ids(TextPrompt prompt) {
    if (!tokens(network())) {
      throw new IllegalArgumentException(base.path() + " takes no prompts, but features.");
    }
    int[] ids =
        prompt.messages().isEmpty()
            ? tokenizer.encode(prompt.text())
            : tokenizer.encodePlain(
                template
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                base.path()
                                    + " has no chat template, so it takes no conversations; give"
                                    + " a text, or a tokenizer_config.json with chat_template."))
                    .render(prompt.messages(), true));
    if (ids.length == 0) {
      throw new IllegalArgumentException(
          "The prompt is empty, and this model has no token that begins a text; give it some text.");
    }
    if (ids.length >= network().longest()) {
      throw new IllegalArgumentException(
          "The prompt has "
              + ids.length
              + " tokens, but this model reads at most "
              + network().longest()
              + ", the answer included. Give it a shorter one.");
    }
    return ids;
  }

  @Override
  public void close() {
    scope.close();
    scope.engine().trimMemory();
  }
}
