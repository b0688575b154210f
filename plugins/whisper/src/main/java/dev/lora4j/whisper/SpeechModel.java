package dev.lora4j.whisper;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.model.TextModelOutline;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.whisper.audio.LogMel;
import dev.lora4j.whisper.audio.Wave;
import dev.lora4j.whisper.ctranslate.CTranslateWhisper;
import dev.lora4j.whisper.data.SpokenDataException;
import dev.lora4j.whisper.data.SpokenText;
import dev.lora4j.whisper.network.Whisper;
import dev.lora4j.whisper.network.WhisperConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A Whisper with its tokeniser: recordings to texts, with adapters.
 *
 * <p>Several threads may use it at once. Whoever loads it closes it.
 */
public final class SpeechModel implements AutoCloseable {
  private final LanguageModel model;
  private final LogMel spectra;
  private final TranscriptTokens tokens;

  private SpeechModel(Scope scope, Path folder, BasePrecision precision) {
    outline(folder);
    model = LanguageModel.openForFeatures(scope, folder, TextLoadOptions.in(precision));
    WhisperConfig config = ((Whisper) model.network()).config();
    spectra = new LogMel(config.mels(), config.frames());
    tokens = TranscriptTokens.read(folder, config.start(), model.tokenizer());
  }

  /** Loads a folder in the layout of transformers, to compute in F32. */
  public static SpeechModel open(Lora4j lora, Path folder) {
    return open(lora.engine().scope("speech model"), folder, BasePrecision.in(DType.F32));
  }

  /**
   * Loads a folder in the layout of transformers.
   *
   * @param scope owner of the model, which is closed with it
   * @param precision type to compute in, and how large weights are rounded
   * @throws ModelException if it is no Whisper, or not whole, with all that is missing
   */
  public static SpeechModel open(Scope scope, Path folder, BasePrecision precision) {
    try {
      return new SpeechModel(scope, folder, precision);
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  /**
   * Sizes of a model, before it is loaded.
   *
   * @throws ModelException if it is no Whisper, or its spectra are not those of all others
   */
  public static void outline(Path folder) {
    if (CTranslateWhisper.in(folder)) {
      throw new ModelException(
          folder
              + " is a model of CTranslate2. Make a folder of transformers of it first: lora4j speech"
              + " convert "
              + folder
              + " -o DIR.");
    }
    LanguageNetwork network = TextModelOutline.network(folder);
    if (!(network instanceof Whisper whisper)) {
      throw new ModelException(folder + " is no Whisper, so it transcribes nothing.");
    }
    Path file = folder.resolve("preprocessor_config.json");
    if (Files.exists(file)) {
      ConfigFile spectra = ConfigFile.read(file);
      require(spectra, "feature_size", whisper.config().mels());
      require(spectra, "sampling_rate", Wave.RATE);
      require(spectra, "hop_length", LogMel.HOP);
      require(spectra, "n_fft", LogMel.WINDOW);
      require(spectra, "dither", 0);
      int frames = whisper.config().frames();
      require(spectra, "chunk_length", (double) frames * LogMel.HOP / Wave.RATE);
    }
  }

  private static void require(ConfigFile spectra, String key, double expected) {
    double found = spectra.real(key, expected);
    if (found != expected) {
      throw new ModelException(
          "%s: '%s' is %s; this model has spectra with %s."
              .formatted(spectra.file(), key, found, expected));
    }
  }

  /** The model with its tokeniser and programs; it takes no prompts. */
  public LanguageModel language() {
    return model;
  }

  /** The loaded base. */
  public TextModel base() {
    return model.base();
  }

  /** Spectra as the encoder reads them. */
  public LogMel spectra() {
    return spectra;
  }

  /** Tokens around transcripts. */
  public TranscriptTokens tokens() {
    return tokens;
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
    return model.loadAdapter(path, options);
  }

  /** Transcribes a recording. */
  public Transcript transcribe(Wave recording) {
    return transcribe(List.of(recording), TranscriptRequest.PLAIN).get(0);
  }

  /**
   * Transcribes recordings, in windows of as many seconds as the model hears at once, 30 of all
   * that were published. A window whose samples are all 0 has no text.
   *
   * @param recordings at any rate
   * @return one for each
   * @throws IllegalArgumentException if the model does not know the language or task
   * @throws java.util.concurrent.CancellationException if the calling thread is interrupted
   */
  public List<Transcript> transcribe(List<Wave> recordings, TranscriptRequest how) {
    return new Transcription(this, how).of(recordings);
  }

  /**
   * Recordings with their texts as a decoder learns them, for {@code
   * dev.lora4j.text.train.TextTrainer.sequences} on {@link #language}.
   *
   * @param language of all texts, see {@link TranscriptTokens#language}
   * @throws SpokenDataException with all that are longer than the model hears or writes
   * @throws IllegalArgumentException if the model does not know the language or task
   */
  public List<TokenSequence> sequences(List<SpokenText> texts, String language, SpeechTask task) {
    String code = tokens.language(language);
    tokens.require(task);
    List<String> problems = new ArrayList<>();
    List<TokenSequence> all = new ArrayList<>();
    int longest = base().network().longest();
    for (SpokenText text : texts) {
      int[] ids = model.tokenizer().encodePlain(" " + text.text());
      int[] target = tokens.target(code, task, ids);
      if (text.sound().samples().length > spectra.samples()) {
        problems.add(
            String.format(
                Locale.ROOT,
                "%s: the recording takes %.1f s, and the model hears %.0f s at once; cut it.",
                text.where(),
                text.sound().seconds(),
                (double) spectra.samples() / Wave.RATE));
      } else if (target.length > longest) {
        problems.add(
            "%s: the text has %d tokens, and the model writes %d at the most; cut it."
                .formatted(text.where(), target.length, longest));
      } else {
        all.add(TokenSequence.of(spectra.features(text.sound()), target));
      }
    }
    if (!problems.isEmpty()) {
      throw new SpokenDataException(String.join("\n", problems));
    }
    return all;
  }

  @Override
  public void close() {
    model.close();
  }
}
