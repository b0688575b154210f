package dev.lora4j.cli.text;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.generate.BeamSettings;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.pipeline.Completion;
import dev.lora4j.text.pipeline.TextListener;
import dev.lora4j.text.pipeline.TextPrompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Command that generates text. */
@picocli.CommandLine.Command(
    name = "generate",
    sortOptions = false,
    description = "Go on from texts, with adapters. Several prompts are answered together.")
final class TextGenerate implements Command {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(paramLabel = "PROMPT", arity = "1..*", description = "What to go on from.")
  private List<String> prompts = new ArrayList<>();

  @Mixin private final TextModelOptions options = new TextModelOptions();

  @Option(
      names = "--lora",
      paramLabel = "PATH[:WEIGHT]",
      converter = LoraOption.Reader.class,
      description = "Adapter to blend in, and its weight (default: 1). May be given several times.")
  private List<LoraOption> loras = new ArrayList<>();

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "How many tokens to add at most (default: ${DEFAULT-VALUE}).",
      defaultValue = "128")
  private int tokens;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      description =
          "How daring the choice of tokens is; 0 takes the likeliest always (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "N",
      description = "Choose among so many of the likeliest tokens; 0 for all.",
      defaultValue = "0")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "X",
      description = "Choose among the likeliest tokens that together have this probability.",
      defaultValue = "1")
  private double topP;

  @Option(
      names = "--min-p",
      paramLabel = "X",
      description =
          "Leave out tokens with less than this share of the likeliest one's probability.",
      defaultValue = "0")
  private double minP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "X",
      description = "Above 1, what is there already becomes less likely.",
      defaultValue = "1")
  private double penalty;

  @Option(
      names = "--beams",
      paramLabel = "N",
      description = "Look for the likeliest text along so many ways at once (beam search).")
  private Optional<Integer> beams = Optional.empty();

  @Option(
      names = "--length-penalty",
      paramLabel = "X",
      description =
          "With --beams: above 0 longer texts are preferred, below 0 shorter ones (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private double lengthPenalty;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "Text at which to end. May be given several times.")
  private List<String> stops = new ArrayList<>();

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "Answer as in a conversation, with these instructions.")
  private Optional<String> system = Optional.empty();

  @Option(
      names = "--chat",
      description = "Answer as in a conversation, by the model's chat template.")
  private boolean chat;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of chance; the next prompts' count up (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private long seed;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    if (temperature == 0) {
      UnusedOptions.refuseWithout(
          spec, List.of("--top-k", "--top-p", "--min-p"), "a --temperature above 0");
    }
    if (beams.orElse(1) == 1) {
      UnusedOptions.refuseWithout(spec, List.of("--length-penalty"), "--beams of 2 or more");
    }
    if (beams.orElse(1) > 1 && temperature > 0) {
      throw Failure.usage(
          "Several --beams are followed by the likeliest tokens and not by chance; leave"
              + " --temperature out, or --beams.");
    }
    LoraOption.requireForTexts(loras);
    BeamSettings search = Failure.usage(this::search);
    List<TextPrompt> asked = Failure.usage(this::asked);
    options.outline();
    try (OpenText open = OpenText.of(console, options, loras)) {
      MixPlan mix = open.plan(console, loras);
      List<TextPrompt> all = new ArrayList<>();
      for (int i = 0; i < asked.size(); i++) {
        all.add(asked.get(i).seed(seed + i).mix(mix));
      }
      boolean streams = !json && all.size() == 1 && beams.isEmpty();
      // The output of a sequence-to-sequence model does not continue its input.
      boolean goesOn = !conversation() && open.model().network() instanceof CausalNetwork;
      if (streams && goesOn) {
        console.out().print(Printable.prose(prompts.get(0)));
      }
      TextListener listener =
          streams
              ? (prompt, piece) -> {
                console.out().print(Printable.prose(piece));
                console.out().flush();
              }
              : TextListener.NONE;
      long began = System.nanoTime();
      List<Completion> done = open.model().generate(all, search, listener);
      double seconds = (System.nanoTime() - began) / 1e9;
      report(console, done, streams, goesOn);
      int count = done.stream().mapToInt(c -> c.tokens().size()).sum();
      console.note(
          String.format(
              Locale.ROOT, "%d tokens in %.1f s, %.1f a second.", count, seconds, count / seconds));
    }
    return 0;
  }

  private List<TextPrompt> asked() {
    SamplingSettings sampling = new SamplingSettings(penalty, temperature, topK, topP, minP);
    return prompts.stream()
        .map(text -> prompt(text).tokens(tokens).sampling(sampling).stops(stops))
        .toList();
  }

  private BeamSettings search() {
    return beams
        .map(b -> new BeamSettings(b, lengthPenalty, BeamSettings.Stopping.LIKELY))
        .orElse(BeamSettings.NONE);
  }

  private boolean conversation() {
    return chat || system.isPresent();
  }

  private TextPrompt prompt(String text) {
    if (!conversation()) {
      return TextPrompt.of(text);
    }
    List<ChatMessage> messages = new ArrayList<>();
    system.ifPresent(s -> messages.add(ChatMessage.system(s)));
    messages.add(ChatMessage.user(text));
    return TextPrompt.chat(messages);
  }

  private void report(Console console, List<Completion> done, boolean streamed, boolean goesOn) {
    if (json) {
      List<Object> all = new ArrayList<>();
      for (int i = 0; i < done.size(); i++) {
        Completion c = done.get(i);
        all.add(
            new Json()
                .put("prompt", prompts.get(i))
                .put("text", c.text())
                .put("tokens", c.tokens().size())
                .put("promptTokens", c.promptTokens())
                .put("ending", c.ending().name().toLowerCase(Locale.ROOT))
                .fields());
      }
      console.print(new Json().put("completions", all).toString());
    } else if (streamed) {
      console.print("");
    } else {
      for (int i = 0; i < done.size(); i++) {
        console.out().println(Printable.prose((goesOn ? prompts.get(i) : "") + done.get(i).text()));
        console.print("");
      }
    }
  }
}
