package dev.lora4j.server.lorax;

import dev.lora4j.core.mix.Weight;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.catalogue.ServedModel;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.model.LeasedAdapters;
import dev.lora4j.server.model.NamedAdapter;
import dev.lora4j.server.text.TextService;
import dev.lora4j.server.text.TokenListener;
import dev.lora4j.server.work.JobTicket;
import dev.lora4j.text.generate.LogProbabilities;
import dev.lora4j.text.pipeline.Completion;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.TextPrompt;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A request for a text, with the model that it is for. */
final class GenerateWork {
  /** Tokens of prompt and text together where a request does not say how many to add. */
  private static final int USUAL_TOKENS = 2048;

  private final GenerateRequest asked;
  private final Tenant tenant;
  private final ServedModel<TextService> model;
  private final MergedByModel merged;
  private final TextPrompt prompt;
  private final int[] ids;

  private GenerateWork(
      GenerateRequest asked,
      Tenant tenant,
      ServedModel<TextService> model,
      MergedByModel merged,
      TextPrompt prompt) {
    this.asked = asked;
    this.tenant = tenant;
    this.model = model;
    this.merged = merged;
    this.prompt = prompt;
    this.ids = model.service().model().ids(prompt);
  }

  /**
   * Finds the model of a request and checks the prompt against it.
   *
   * @throws FieldException if there is no room for what is asked for
   */
  static GenerateWork of(
      ModelCatalogue models, MergedByModel merged, Tenant tenant, GenerateRequest asked) {
    ServedModel<TextService> model =
        asked
            .merged()
            .map(all -> models.text(tenant, "", named(all)))
            .orElseGet(() -> models.text(tenant, asked.adapter()));
    LanguageModel language = model.service().model();
    String inputs =
        asked.truncate().isPresent()
            ? TruncatedPrompt.of(language, asked.inputs(), asked.truncate().getAsInt())
            : asked.inputs();
    TextPrompt prompt =
        TextPrompt.of(inputs)
            .sampling(asked.choice().sampling())
            .stops(asked.stops())
            .seed(asked.choice().seed())
            .logProbabilities(LogProbabilities.likeliest(asked.alternatives()));
    GenerateWork work = new GenerateWork(asked, tenant, model, merged, prompt);
    return new GenerateWork(asked, tenant, model, merged, prompt.tokens(work.tokens()));
  }

  private static List<NamedAdapter> named(MergeRequest all) {
    return all.names().stream().map(name -> new NamedAdapter(name, Weight.of(1))).toList();
  }

  /** How many tokens are added at most. */
  private int tokens() {
    int longest = model.service().model().network().longest();
    int room = longest - ids.length;
    int wanted =
        asked.newTokens().orElse(Math.max(1, Math.min(longest, USUAL_TOKENS) - ids.length));
    if (wanted > room) {
      throw new FieldException(
          "parameters.max_new_tokens",
          "parameters.max_new_tokens must be at most "
              + room
              + " after inputs of "
              + ids.length
              + " tokens; found "
              + wanted
              + ".");
    }
    return wanted;
  }

  /**
   * Asks for one of the texts.
   *
   * @param index from 0; each has a seed of its own
   */
  JobTicket<Completion> submit(int index, TokenListener listener) {
    TextService service = model.service();
    Optional<MergeRequest> several = asked.merged().filter(all -> !all.single());
    LeasedAdapters leased =
        several.isPresent()
            ? merged.of(service).lease(tenant, several.get())
            : LeasedAdapters.of(service.adapters(), tenant, model.adapters());
    return service.submit(tenant, prompt.seed(prompt.seed() + index), leased, listener);
  }

  GenerateRequest asked() {
    return asked;
  }

  /** Number of tokens of the prompt. */
  int promptTokens() {
    return ids.length;
  }

  /** Seed of one of the texts. */
  long seed(int index) {
    return prompt.seed() + index;
  }

  /** Texts of the tokens that follow the prompt. */
  TokenTexts texts() {
    return new TokenTexts(model.service().model().tokenizer(), ids, asked.alternatives() > 0);
  }

  /** An answer with headers of what is known before the text is. */
  HttpAnswer headers(HttpAnswer answer) {
    HttpAnswer more =
        answer
            .header("x-compute-type", InfoRoute.device(model.service().model()))
            .header("x-compute-characters", Integer.toString(asked.inputs().length()))
            .header("x-prompt-tokens", Integer.toString(ids.length))
            .header("x-model-id", shown(model.service().name()));
    String adapter =
        asked.merged().map(all -> String.join("+", all.names())).orElse(asked.adapter());
    return adapter.isEmpty()
        ? more
        : more.header("x-adapter-id", shown(adapter)).header("x-adapter-source", asked.source());
  }

  /** Headers have no letters but those of ASCII. */
  private static String shown(String name) {
    return name.chars().allMatch(c -> c > ' ' && c < 0x7f)
        ? name
        : URLEncoder.encode(name, StandardCharsets.UTF_8);
  }
}
