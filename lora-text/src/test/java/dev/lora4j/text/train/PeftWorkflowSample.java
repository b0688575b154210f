package dev.lora4j.text.train;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.Dropouts;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.text.pipeline.LanguageModel;
import java.nio.file.Path;

/** PEFT's workflow, line by line. */
final class PeftWorkflowSample {
  private PeftWorkflowSample() {}

  public static void main(String[] args) {
    // LoraConfig(r=16, lora_alpha=32, target_modules=["q_proj", "v_proj"], lora_dropout=0.1,
    // bias="none")
    AdapterRecipe config =
        AdapterRecipe.DEFAULT
            .rank(16, 32)
            .targets(TargetLayers.matching("q_proj", "v_proj"))
            .dropouts(new Dropouts(0.1, 0, 0, 0));
    // AutoModelForCausalLM.from_pretrained(base), AutoTokenizer.from_pretrained(base)
    try (Lora4j lora = Lora4j.open();
        LanguageModel model = LanguageModel.open(lora, Path.of(args[0]))) {
      // get_peft_model(model, config), Trainer(train_dataset=...)
      TextTrainer trainer =
          TextTrainer.on(model, TextTrainingSettings.DEFAULT.with(config).steps(20, 1e-3))
              .data(Path.of(args[1]));
      // model.print_trainable_parameters()
      System.out.printf("trainable params: %,d%n", trainer.plan().elements());
      // trainer.train(), model.save_pretrained("mine")
      trainer.run(step -> System.out.println(step.loss())).save(Path.of(args[2]));
    }
  }
}
