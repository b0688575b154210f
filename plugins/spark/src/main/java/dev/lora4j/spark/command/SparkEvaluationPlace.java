package dev.lora4j.spark.command;

import dev.lora4j.cli.adapter.UsageBaseModel;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.evaluate.EvaluationPlace;
import dev.lora4j.cli.evaluate.PlacedEvaluation;
import dev.lora4j.diffusion.evaluation.EvaluationPictures;
import dev.lora4j.diffusion.evaluation.JudgedPicture;
import dev.lora4j.diffusion.evaluation.PictureVerdict;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.spark.SparkGeneration;
import dev.lora4j.spark.SparkJudging;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/** A cluster that makes the pictures of an evaluation, and judges them. */
record SparkEvaluationPlace(SparkOptions options, SparkConf settings) implements EvaluationPlace {
  @Override
  public Path here(Console console, Path path) {
    return new FetchedOption(console, settings).here(path);
  }

  @Override
  public List<JudgedPicture> make(Console console, PlacedEvaluation asked) {
    SentAdapters adapters =
        SentAdapters.of(
            new FetchedOption(console, settings), asked.lora().map(List::of).orElse(List.of()));
    asked.telling().accept(UsageBaseModel.of(asked.base()));
    CommandModel base =
        CommandModel.of(asked.base().settled(console), asked.base().where.device.toString());
    SparkGeneration generation =
        adapters.in(SparkGeneration.on(base)).keeping(PromptTable.NUMBER, SparkJudging.CONCEPT);
    SparkJudging judging = JudgeOption.judging(asked.judges()).withoutColours();
    PromptTable table = table(asked.requests(), adapters);
    try (ConnectedSpark connected = ConnectedSpark.of(console, options, settings);
        Progress progress = console.progress("generating", table.rows().size(), "picture")) {
      Iterator<Row> drawn =
          new PictureJobs(connected.session(), rows -> judging.judge(generation.draw(rows)))
              .drawn(table);
      List<PictureVerdict> verdicts = new ArrayList<>();
      List<JudgedPicture> made =
          connected.telling(
              () ->
                  asked
                      .pictures()
                      .saveFiles(
                          asked.requests(),
                          request -> {
                            Row row = drawn.next();
                            verdicts.add(SparkJudging.verdict(row));
                            progress.done(verdicts.size(), "");
                            return row.getAs(SparkGeneration.PICTURE);
                          }));
      return judged(made, verdicts);
    }
  }

  private static List<JudgedPicture> judged(
      List<JudgedPicture> made, List<PictureVerdict> verdicts) {
    List<JudgedPicture> all = new ArrayList<>();
    for (JudgedPicture picture : made) {
      all.add(picture.judged(verdicts.get(all.size())));
    }
    return all;
  }

  private static PromptTable table(
      List<EvaluationPictures.Request> requests, SentAdapters adapters) {
    List<Prompt> prompts = requests.stream().map(EvaluationPictures.Request::prompt).toList();
    return PromptTable.of(
            prompts, requests.stream().map(r -> r.weight() == 0 ? "" : adapters.text()).toList())
        .with(
            SparkJudging.CONCEPT,
            DataTypes.IntegerType,
            requests.stream().map(EvaluationPictures.Request::concept).toList());
  }
}
