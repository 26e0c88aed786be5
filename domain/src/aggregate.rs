//! The thin shape in which cqrs-es sees a slice: its `handle` calls the plain `decide`, its `apply`
//! the plain `evolve`, and nothing is decided here. Plain functions stay the way in for the rest.

/// Makes `$state` a `cqrs_es::Aggregate` over its own `decide(&self, command)` and `evolve(event)`.
macro_rules! aggregate {
    ($state:ty, $stream_type:literal, $command:ty, $event:ty, $refusal:ty) => {
        impl crate::log::InStream for $event {
            const STREAM_TYPE: &'static str = $stream_type;
        }

        impl cqrs_es::Aggregate for $state {
            const TYPE: &'static str = $stream_type;
            type Command = $command;
            type Event = $event;
            type Error = $refusal;
            type Services = ();

            async fn handle(
                &mut self,
                command: Self::Command,
                (): &Self::Services,
                sink: &cqrs_es::event_sink::EventSink<Self>,
            ) -> Result<(), Self::Error> {
                for event in self.decide(command)? {
                    sink.write(event, self).await;
                }
                Ok(())
            }

            fn apply(&mut self, event: Self::Event) {
                self.evolve(&event);
            }
        }
    };
}

pub(crate) use aggregate;
