package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.format.metadata.BaseRounding;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extensions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What kohya and LyCORIS would be asked for the same network by. */
class NetworkMetadataTest {
  private static final AdapterRecipe LINEAR =
      AdapterRecipe.DEFAULT
          .targets(TargetLayers.of(TargetPreset.ATTENTION_FEED_FORWARD))
          .rank(1, 2);

  private static Map<String, String> entries(AdapterRecipe recipe) {
    return NetworkMetadata.of(recipe.plan(SmallNet.sites())).entries();
  }

  private static Map<String, String> arguments(AdapterRecipe recipe) {
    return NetworkMetadata.of(recipe.plan(SmallNet.sites())).get(KohyaKeys.NETWORK_ARGS).get();
  }

  @ParameterizedTest
  @CsvSource({
    "lora, networks.lora, 1, 2.0, ''",
    "loha, lycoris.kohya, 1, 2.0, algo=loha",
    "'lokr:factor=2,decompose_both=true', lycoris.kohya, 1, 2.0,"
        + " 'algo=lokr, decompose_both=True, factor=2'",
    "'lokr:full_matrix=true', lycoris.kohya, None, None, 'algo=lokr, factor=-1, full_matrix=True'",
    "dora, lycoris.kohya, 1, 2.0, 'algo=locon, dora_wd=True'",
    "'dora:inner=loha,wd_on_out=false', lycoris.kohya, 1, 2.0,"
        + " 'algo=loha, dora_wd=True, wd_on_output=False'",
    "ia3, lycoris.kohya, None, None, algo=ia3",
    "full, lycoris.kohya, None, None, algo=full",
    "tlora, networks.lora, 2, 4.0, ''",
    "'tlora:form=tlora', lycoris.kohya, 1, 2.0, algo=tlora",
  })
  void methodsHaveTheNetworkMetadataOfTrainers(
      String method, String module, String rank, String alpha, String arguments) {
    AdapterRecipe recipe =
        LINEAR.method(Extensions.installed().make(TrainableMethod.class, method));
    Map<String, String> entries = entries(recipe);
    assertEquals(module, entries.get("ss_network_module"));
    assertEquals(rank, entries.get("ss_network_dim"));
    assertEquals(alpha, entries.get("ss_network_alpha"));
    assertEquals("{" + arguments + "}", arguments(recipe).toString());
  }

  @Test
  void convolutionsWhereSomeAreTrained() {
    AdapterRecipe all = LINEAR.targets(TargetLayers.of(TargetPreset.ALL));
    assertEquals(Map.of("conv_dim", "1", "conv_alpha", "2.0"), arguments(all));
    assertEquals(Map.of("conv_dim", "8", "conv_alpha", "1.0"), arguments(all.convolutions(8, 1)));
  }

  @Test
  void differingRanksAreDynamicAndPissaRanksStored() {
    List<SiteOverride> one = List.of(SiteOverride.of("to_q", 8, 1));
    assertEquals("Dynamic", entries(LINEAR.overrides(one)).get("ss_network_dim"));
    assertEquals("Dynamic", entries(LINEAR.overrides(one)).get("ss_network_alpha"));
    Map<String, String> pissa = entries(LINEAR.start(FactorInit.PISSA));
    assertEquals("2", pissa.get("ss_network_dim"));
    assertEquals("4.0", pissa.get("ss_network_alpha"));
  }

  /** For those who wonder at the rank of the file. */
  @ParameterizedTest
  @CsvSource({"PISSA, pissa", "OLORA, olora", "GAUSSIAN, ''"})
  void headerSaysWhatDoubledTheRank(FactorInit start, String said) {
    AdapterPlan plan =
        LINEAR.targets(TargetLayers.of(TargetPreset.ATTENTION)).start(start).plan(SmallNet.sites());
    Map<String, String> header =
        NetworkMetadata.onBase(plan, BasePrecision.in(DType.F32)).entries();
    assertEquals(said, header.getOrDefault("lora4j_init", ""));
    assertEquals(Optional.empty(), BaseRounding.of(new Metadata(header)));
  }

  @Test
  void rankStabilisationAndDropoutsAreNetworkArguments() {
    AdapterRecipe root = LINEAR.rankStabilised(true);
    assertEquals("lycoris.kohya", entries(root).get("ss_network_module"));
    assertEquals(Map.of("algo", "locon", "rs_lora", "True"), arguments(root));
    AdapterRecipe left = LINEAR.dropouts(new Dropouts(0, 0.1, 0.2, 0.05));
    assertEquals("0.1", entries(left).get("ss_network_dropout"));
    assertEquals(Map.of("rank_dropout", "0.2", "module_dropout", "0.05"), arguments(left));
    assertEquals("None", entries(LINEAR).get("ss_network_dropout"));
  }
}
