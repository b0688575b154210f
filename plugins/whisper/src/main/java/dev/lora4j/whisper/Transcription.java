package dev.lora4j.whisper;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.generate.BeamSettings;
import dev.lora4j.text.generate.GeneratedTokens;
import dev.lora4j.text.generate.GenerationRequest;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.generate.TextGenerator;
import dev.lora4j.text.generate.WithheldTokens;
import dev.lora4j.whisper.audio.Wave;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Transcribes recordings window by window. */
record Transcription(SpeechModel model, TranscriptRequest how) {
  /** A window of a recording. */
  private record Window(int recording, Wave sound, double begin) {
    double end() {
      return begin + sound.seconds();
    }
  }

  List<Transcript> of(List<Wave> recordings) {
    model.tokens().require(how.task());
    Optional<String> said = how.language().map(model.tokens()::language);
    List<Window> all = windows(recordings);
    List<Window> sounding = all.stream().filter(w -> !w.sound().silent()).toList();
    Map<Integer, String> languages = languages(said, sounding);
    Map<Window, Transcript.Window> written = new HashMap<>();
    Map<String, List<Window>> byLanguage = new LinkedHashMap<>();
    for (Window window : sounding) {
      String language = languages.getOrDefault(window.recording(), "en");
      byLanguage.computeIfAbsent(language, l -> new ArrayList<>()).add(window);
    }
    byLanguage.forEach(
        (language, some) -> {
          int[] begin = model.tokens().begin(language, how.task());
          int most = Math.min(how.maxNewTokens(), model.base().network().longest() - begin.length);
          each(some, part -> written.putAll(write(part, begin, most)));
        });
    List<Transcript> done = new ArrayList<>();
    for (int i = 0; i < recordings.size(); i++) {
      int number = i;
      String language = languages.getOrDefault(i, said.orElse("en"));
      done.add(
          new Transcript(
              language,
              all.stream()
                  .filter(w -> w.recording() == number)
                  .map(w -> Optional.ofNullable(written.get(w)).orElseGet(() -> silence(w)))
                  .toList()));
    }
    return done;
  }

  private static Transcript.Window silence(Window window) {
    return new Transcript.Window(window.begin(), window.end(), "", List.of());
  }

  private List<Window> windows(List<Wave> recordings) {
    List<Window> all = new ArrayList<>();
    int length = model.spectra().samples();
    for (int i = 0; i < recordings.size(); i++) {
      Wave wave = recordings.get(i).at(Wave.RATE);
      for (int from = 0; from < wave.samples().length; from += length) {
        all.add(new Window(i, wave.part(from, length), (double) from / Wave.RATE));
      }
    }
    return all;
  }

  private void each(List<Window> windows, Consumer<List<Window>> work) {
    for (int from = 0; from < windows.size(); from += how.batch()) {
      work.accept(windows.subList(from, Math.min(windows.size(), from + how.batch())));
    }
  }

  private Map<Window, Transcript.Window> write(List<Window> windows, int[] begin, int most) {
    List<GeneratedTokens> grown =
        generate(windows, begin, most, model.tokens().withheld(), how.beams());
    Map<Window, Transcript.Window> written = new HashMap<>();
    for (int i = 0; i < windows.size(); i++) {
      int[] tokens = grown.get(i).added();
      String text = model.language().tokenizer().decode(model.tokens().text(tokens), true).strip();
      Window window = windows.get(i);
      List<Integer> ids = Arrays.stream(tokens).boxed().toList();
      written.put(window, new Transcript.Window(window.begin(), window.end(), text, ids));
    }
    return written;
  }

  /** The language of each recording: the one that is said, or the likeliest of its first window. */
  private Map<Integer, String> languages(Optional<String> said, List<Window> windows) {
    Map<Integer, String> found = new HashMap<>();
    Map<Integer, Window> first = new LinkedHashMap<>();
    windows.forEach(w -> first.putIfAbsent(w.recording(), w));
    if (said.isPresent() || !model.tokens().multilingual()) {
      first.keySet().forEach(r -> found.put(r, said.orElse("en")));
      return found;
    }
    Set<Integer> others =
        new HashSet<>(IntStream.range(0, model.base().network().vocabulary()).boxed().toList());
    model.tokens().languages().values().forEach(others::remove);
    WithheldTokens alone = new WithheldTokens(others, Set.of());
    int[] begin = {model.tokens().start()};
    each(
        List.copyOf(first.values()),
        part -> {
          List<GeneratedTokens> heard = generate(part, begin, 1, alone, BeamSettings.NONE);
          for (int i = 0; i < part.size(); i++) {
            int token = heard.get(i).added()[0];
            found.put(part.get(i).recording(), code(token));
          }
        });
    return found;
  }

  private String code(int token) {
    return model.tokens().languages().entrySet().stream()
        .filter(e -> e.getValue() == token)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private List<GeneratedTokens> generate(
      List<Window> windows, int[] begin, int most, WithheldTokens withheld, BeamSettings beams) {
    List<GenerationRequest> starts =
        windows.stream()
            .map(
                w ->
                    new GenerationRequest(
                            begin,
                            most,
                            model.tokens().ends(),
                            SamplingSettings.GREEDY,
                            0,
                            how.mix(),
                            token -> false)
                        .withheld(withheld)
                        .features(model.spectra().features(w.sound())))
            .toList();
    try (Scope work = model.language().scope().child("transcribe")) {
      return new TextGenerator(model.language().programs()).generate(work, starts, beams);
    }
  }
}
