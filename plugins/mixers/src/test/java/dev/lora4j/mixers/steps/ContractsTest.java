package dev.lora4j.mixers.steps;

import dev.lora4j.testkit.OutputMixerContract;
import dev.lora4j.testkit.WeightMixerContract;
import org.junit.jupiter.api.Nested;

/** The mixers keep the contract of their kind. */
class ContractsTest {
  @Nested
  class Switch extends WeightMixerContract {
    Switch() {
      super("switch:tau=2,order=glow fog ink,delay=1,texts=first", "switch:tau=1");
    }
  }

  @Nested
  class Schedule extends WeightMixerContract {
    Schedule() {
      super("schedule:courses=ink=0@0,1@0.5:cosine glow=late", "schedule");
    }
  }

  @Nested
  class Blocks extends WeightMixerContract {
    Blocks() {
      super("lbw:blocks=ink=INALL glow=BASE:0,M00:0.5,list=17", "lbw:blocks=ALL");
    }
  }

  @Nested
  class Regions extends WeightMixerContract {
    Regions() {
      super("regions:areas=ink=left glow=0.2-1x0-0.5,feather=0.1", "regions");
    }
  }

  @Nested
  class KLora extends WeightMixerContract {
    KLora() {
      super("k-lora:alpha=1,wraps=true", "k-lora");
    }

    @Override
    protected int adapters() {
      return 2;
    }
  }

  @Nested
  class Composite extends OutputMixerContract {
    Composite() {
      super("composite:shares=1 2 3,texts=all", "composite", true);
    }
  }
}
