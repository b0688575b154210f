package dev.lora4j.cli.evaluate;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.adapter.UsageBaseModel;
import dev.lora4j.cli.model.ModelOptions;
import dev.lora4j.diffusion.evaluation.EvaluationPictures;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The pictures of an evaluation, which are to be made.
 *
 * @param base options of the base
 * @param lora the adapter of the requests whose weight is not 0
 * @param judges may be asked where a picture is made, or later
 * @param telling tells what is unusual about the adapter on the base
 */
public record PlacedEvaluation(
    ModelOptions base,
    Optional<LoraOption> lora,
    AskedJudges judges,
    EvaluationPictures pictures,
    List<EvaluationPictures.Request> requests,
    Consumer<UsageBaseModel> telling) {
  /** Copies the list. */
  public PlacedEvaluation {
    requests = List.copyOf(requests);
  }
}
