import { ValidationService } from '@fkui/logic';
import { personId } from '../../machines/messages.ts';
import { day, text } from '../api.ts';

/** The parts of forms, checked by the schemas that the API and the machines check by. What is left empty is `required`'s. */

ValidationService.registerValidator({
  name: 'writtenText',
  validation: (value) => value === '' || text.safeParse(value).success,
});
ValidationService.registerValidator({
  name: 'existingDay',
  validation: (value) => value === '' || day.safeParse(value).success,
});
ValidationService.registerValidator({
  name: 'personNumber',
  validation: (value) => value.trim() === '' || personId.safeParse(value.trim()).success,
});
